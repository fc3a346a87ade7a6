"""Types of all TM Forum APIs: resources, references, characteristics, money (TMF630)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

from ivr.domain.values import Money
from ivr.network.models.tolerant import Day

CURRENCY = "TMT"
CURRENCIES = frozenset({CURRENCY, "934"})
"""ISO 4217: the alphabetic code, in any case, and the numeric code."""
MOST = 10**12
"""Limit in manat: more than any account holds. Decimal cannot calculate with 1e999999999."""


class Resource(BaseModel):
    """A resource of an API. Unknown fields are ignored, and null means not set."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if value is not None}
        return given

    def wire(self) -> dict[str, Any]:
        """Return the resource as JSON, without the fields that are not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Characteristic(Resource):
    name: str
    value: Any = None
    """Any JSON; we send text."""
    value_type: str | None = None

    @model_serializer(mode="wrap")
    def _with_value(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Always write ``value``: it is required, and may be null."""
        said: dict[str, Any] = write(self)
        return {**said, "value": said.get("value")}


class Reference(Resource):
    """A reference by id: to a specification, a bill, an account, another order."""

    id: str
    href: str | None = None
    name: str | None = None


class Party(Resource):
    """RelatedParty: ``id`` is the subscriber's number."""

    id: str
    role: str | None = None
    name: str | None = None
    referred_type: Annotated[str | None, Field(alias="@referredType")] = None


class NamedParty(Party):
    """RelatedParty in requests: ``@referredType`` is required."""

    referred_type: Annotated[str, Field(alias="@referredType")]


class Period(Resource):
    start_date_time: Day = None
    end_date_time: Day = None


Amount = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A JSON number, parsed without binary rounding."""


class MoneyValue(Resource):
    """Money of TMF: ``{"unit": "TMT", "value": 3.00}``."""

    unit: str | None = None
    value: Amount | None = None

    @classmethod
    def of(cls, money: Money) -> MoneyValue:
        return cls(unit=CURRENCY, value=Decimal(money.manat))

    def amount(self) -> Decimal:
        """Return the exact amount in manat. ValueError: another currency, or no amount."""
        is_ours = (self.unit or "").strip().upper() in CURRENCIES
        if not is_ours or self.value is None or not self.value.is_finite():
            raise ValueError(f"not an amount in {CURRENCY}")
        if not -MOST <= self.value <= MOST:
            raise ValueError("an amount with too many digits")
        return self.value

    def money(self) -> Money:
        """Return the amount. ValueError: another currency, or a fraction of a teňňe."""
        tenge = self.amount() * 100
        if tenge != tenge.to_integral_value():
            raise ValueError("an amount with a fraction of a teňňe")
        return Money(int(tenge))


class Subscription(Resource):
    """EventSubscription: the address of a listener."""

    id: str = ""
    callback: str
    query: str | None = None


class Fault(Resource):
    """Error: why a request was not done."""

    code: str = ""
    reason: str = ""
    message: str | None = None


def subscriber(number: str) -> NamedParty:
    """Return the party for a subscriber's number."""
    return NamedParty(id=number, role="subscriber", referred_type="Individual")


def number_of(parties: Iterable[Party]) -> str:
    """Return the subscriber's number among the parties; "" if there is none."""
    return next((p.id for p in parties if (p.role or "subscriber").lower() == "subscriber"), "")


def is_number(text: str | None, number: str) -> bool:
    """Tell whether a text is the number (99365123456), with or without + or 00 before it."""
    return (text or "").strip().removeprefix("+").removeprefix("00") == number


def characteristics(pairs: Iterable[tuple[str, str]]) -> tuple[Characteristic, ...]:
    """Return name and value pairs as characteristics."""
    return tuple(
        Characteristic(name=name, value=value, value_type="string") for name, value in pairs
    )


def pairs(characteristics: Iterable[Characteristic]) -> Mapping[str, str]:
    """Return the values of characteristics by name, as text."""
    return {each.name: str(each.value) for each in characteristics if each.value is not None}
