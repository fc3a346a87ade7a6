"""Numbers as trunks and phones write them."""

from __future__ import annotations

HOST = "127.0.0.1"
DIALLED = {
    "0890": (
        f"sip:0890@{HOST}",
        f"sip:0890@{HOST};user=phone",
        f"sip:0890@{HOST}:5060;transport=udp;user=phone",
        f"sip:0890;phone-context=+993@{HOST};user=phone",
        f"sip:0890;phone-context=ims.mnc001.mcc438.3gppnetwork.org@{HOST};user=phone",
        f"sip:0890;npdi;rn=+99300@{HOST}",
        f"sip:0890;npdi;rn=00;cic=+9931@{HOST};user=phone",
        f"sip:0890;isub=12@{HOST}",
        f"sip:0890:secret@{HOST}",
        "sip:0890@ims.operator.example;lr",
        "tel:0890;phone-context=+993",
        "tel:0890;phone-context=operator.example",
        f"sip:%30890@{HOST}",
        f"SIP:0890@{HOST}",
        f"sip:0890%3Bphone-context=%2B993@{HOST}",
    ),
    "66300890": (f"sip:66300890@{HOST}", "tel:66-300-890;phone-context=+993"),
    "+99366300890": (
        f"sip:+99366300890@{HOST};user=phone",
        f"sip:+99366300890;npdi@{HOST};user=phone",
        f"sip:%2B99366300890@{HOST}",
        "tel:+99366300890",
        "tel:+993-66-300-890",
        "tel:+993(66)300.890",
        f"sip:+993(66)30.08.90@{HOST}",
        f"sip:+993%2866%29300890@{HOST}",
    ),
    "99366300890": (f"sip:99366300890@{HOST}",),
    "066300890": (f"sip:066300890@{HOST}",),
    "866300890": (f"sip:866300890@{HOST}", "tel:8-66-300-890;phone-context=+993"),
    "0099366300890": (f"sip:0099366300890@{HOST};user=phone", f"sip:00993-66-300890@{HOST}"),
    "81099366300890": (f"sip:81099366300890@{HOST}",),
    "+9930890": (f"sip:+9930890@{HOST}", f"sip:+9930890;phone-context=+993@{HOST}"),
    "009930890": (f"sip:009930890@{HOST}",),
}
"""What the line is told was dialled, and what the trunk has written."""
NOT_OURS = (
    *("0891", "08900", "+0891", "890", "99366300891", "066300891", "0066300890", "+7066300890"),
    *(
        "0890x",
        "0890%20",
        "0890%0a",
        "08%0a90",
        "0890,1",
        "0890,2",
        "0890,known",
        "0890%22",
        "(0890)%7c1",
        "0890*",
        "0890$",
    ),
    *(
        "+",
        "(",
        "(66)",
        "-",
        "h",
        "i",
        "t",
        "s",
        "call",
        "plain",
        "0890/99361000000",
        "()",
        "(.)",
        "+(",
    ),
)
NAMELESS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
PAI = "P-Asserted-Identity"
CALLING: dict[str, tuple[dict[str, str], str | None]] = {
    "international": ({"From": "<sip:+99365123456@x>"}, "99365123456"),
    "national": ({"From": "<sip:65123456@x>"}, "99365123456"),
    "with 8": ({"From": "<sip:865123456@x>"}, "99365123456"),
    "with 0": ({"From": "<sip:065123456@x>"}, "99365123456"),
    "with 00": ({"From": "<sip:0099365123456@x>"}, "99365123456"),
    "with 810": ({"From": "<sip:81099365123456@x>"}, "99365123456"),
    "with dashes": ({"From": "<sip:+993-65-123-456@x>"}, "99365123456"),
    "in its IMS form": (
        {"From": "<sip:65123456;phone-context=+993@x;user=phone>"},
        "99365123456",
    ),
    "with a category": ({"From": "<sip:+99365123456;cpc=ordinary@x>"}, "99365123456"),
    "tel": ({"From": "<tel:+993-65-123-456>"}, "99365123456"),
    "tel with its context": ({"From": "<tel:65123456;phone-context=+993>"}, "99365123456"),
    "without brackets": ({"From": "sip:99365123456@x"}, "99365123456"),
    "with a name": ({"From": '"A, B (0890)" <sip:99365123456@x>'}, "99365123456"),
    "abroad": ({"From": "<sip:+79161234567@x>"}, None),
    "withheld": ({"From": NAMELESS}, None),
}
"""What the trunk writes, and who that is."""
ASSERTED: dict[str, tuple[dict[str, str], str | None]] = {
    "withheld, asserted": (
        {"From": NAMELESS, PAI: "<sip:+99365123456@x>", "Privacy": "id"},
        "99365123456",
    ),
    "as tel": ({"From": NAMELESS, PAI: "<tel:+99365123456>", "Privacy": "id"}, "99365123456"),
    "in one field": (
        {
            "From": NAMELESS,
            PAI: "<sip:+99365123456@x;user=phone>, <tel:+99365123456>",
            "Privacy": "id",
        },
        "99365123456",
    ),
    "in one field, tel first, with a name": (
        {
            "From": NAMELESS,
            PAI: '"A, B 7" <tel:+993-65-12-34-56>,<sip:65123456;phone-context=+993@x>',
        },
        "99365123456",
    ),
    "in one field, both as tel": (
        {"From": NAMELESS, PAI: "<tel:+99365123456>, <tel:+99365123456>"},
        "99365123456",
    ),
    "in one field, whatever From says": (
        {"From": "<sip:99361111111@x>", PAI: "<sip:+99365123456@x>, <tel:+99365123456>"},
        "99365123456",
    ),
    "in one field, with a name that looks like a number": (
        {"From": NAMELESS, PAI: '"x:99365000001@" <sip:+99365123456@x>, <tel:+99365123456>'},
        "99365123456",
    ),
    "as no number": ({"From": NAMELESS, PAI: "<sip:ims@x>, <sip:ims@y>"}, None),
    "in two fields": (
        {
            "From": NAMELESS,
            PAI: f'"A, B" <sip:+99365123456@x;user=phone>\r\n{PAI}: <tel:+99365123456>',
            "Privacy": "user;id;critical",
        },
        "99365123456",
    ),
    "without brackets": (
        {"From": NAMELESS, PAI: "sip:65123456@x", "Privacy": "id"},
        "99365123456",
    ),
    "in its IMS form": (
        {"From": NAMELESS, PAI: "<sip:65123456;phone-context=+993@x;user=phone>"},
        "99365123456",
    ),
    "another than the phone says": (
        {"From": "<sip:99361111111@x>", PAI: "<sip:+99365123456@x>"},
        "99365123456",
    ),
    "only preferred": (
        {"From": NAMELESS, "P-Preferred-Identity": "<sip:+99365123456@x>"},
        None,
    ),
    "none": ({"From": "<sip:99361111111@x>"}, "99361111111"),
    "withheld": ({"From": NAMELESS, "Privacy": "id"}, None),
}
