"""What tests of voices need."""

from __future__ import annotations

from ivr.domain.values import Language

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
