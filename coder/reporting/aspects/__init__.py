"""Aspects: what the comments of one theme are about in particular, by the words that they use."""

from coder.reporting.aspects.aspect import Aspect, AspectQuote, ThemeAspects
from coder.reporting.aspects.finder import AspectFinder

__all__ = ["Aspect", "AspectFinder", "AspectQuote", "ThemeAspects"]
