"""Phrases as people write them: noun phrases that can be a name, and what is said of a subject."""

from coder.phrases.noun_phrases import PhraseFinder
from coder.phrases.sayings import Saying, SayingFinder

__all__ = ["PhraseFinder", "Saying", "SayingFinder"]
