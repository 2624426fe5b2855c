"""What was typed, word by word, and what each word may match."""

from dataclasses import dataclass

from marketplace.search.port import Clause

# How much a match is worth by how the word came to it.
WHOLE_NAME = 1.5
WORD = 1.0
SYNONYM = 0.9
HEARD = 0.8
BEGINNING = 0.7
GUESSED = 0.6
WITHIN = 0.4
CHARACTER = 0.2


@dataclass(frozen=True, slots=True)
class Word:
    """One word that was typed: what it must match, None where nothing is called so, and what comes near it.

    ``also`` must match besides ``clause``: the characters of a word that nobody knows stand or fall together.
    ``corrected`` is what was read instead of what was typed; ``is_named`` says that something is called so,
    not only described so.
    """

    typed: str
    clause: Clause | None
    loose: Clause | None = None
    corrected: str | None = None
    is_named: bool = True
    also: tuple[Clause, ...] = ()

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Return all that must match; empty where nothing is called so."""
        return () if self.clause is None else (self.clause, *self.also)

    @property
    def loosely(self) -> tuple[Clause, ...]:
        """Return what must match at least."""
        return self.clauses if self.loose is None else (self.loose,)


@dataclass(frozen=True, slots=True)
class Understood:
    """The words of a query; ``heard`` is the same by its sound, where some characters looked wrong.

    ``alike`` is the same with words that sound like those typed, where there are any.
    """

    words: tuple[Word, ...] = ()
    heard: tuple[Word, ...] = ()
    alike: tuple[Word, ...] = ()
