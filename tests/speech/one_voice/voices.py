"""Voices and recordings for tests."""

from __future__ import annotations

from ivr.domain.dialogue import Speaker
from ivr.domain.values import Language

EN = Language.ENGLISH
R, K, P = Speaker.RECORDED, Speaker.KEPT, Speaker.PRESENT
