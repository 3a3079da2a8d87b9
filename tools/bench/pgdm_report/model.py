# SPDX-License-Identifier: GPL-2.0
"""What a report is made of.

The quick and the full benchmark fill in a Report (quick.py, experiment.py);
page.py and text.py show any. Nothing here knows what was measured.
"""

from dataclasses import dataclass, field
from typing import Callable

PASS, FAIL, SKIP = "PASS", "FAIL", "SKIP"
NUMBER, WORD, TEXT = "number", "word", "text"


@dataclass(frozen=True)
class Check:
    """One thing that a run has to show, as bench.json and full.json have it."""

    name: str
    verdict: str  # PASS, FAIL, SKIP: not looked at
    text: str
    value: float = None
    limit: float = None


@dataclass(frozen=True)
class Column:
    """How to compute a cell of a row, and how to show it."""

    name: str
    value: Callable  # row -> value; None where there is none
    show: Callable = str  # value -> text
    unit: str = ""  # of the values; '' for counts, and where rows differ
    meaning: str = ""
    heads: tuple = ()  # the name on the terminal: two lines
    width: int = 0  # on the terminal; 0: that of the longest cell
    kind: str = NUMBER  # NUMBER, WORD, or TEXT, which may be wrapped

    def label(self, title=""):
        """Name and unit, where neither the name nor the table's title says it."""
        if not self.unit or self.unit in self.name or self.unit in title:
            return self.name
        return f"{self.name}, {self.unit}"

    def cell(self, row):
        """The text of a cell."""
        value = self.value(row)
        return "-" if value is None else self.show(value)


@dataclass(frozen=True)
class Group:
    """Rows that belong together, under a name of theirs or none."""

    rows: list
    name: str = ""
    description: str = ""


@dataclass
class Table:
    """Columns, and rows of whatever the columns can compute with."""

    name: str
    title: str
    columns: list
    groups: list
    terminal: bool = False  # print it, too
    aligned: bool = False  # in answers.txt columns are padded, as for plain text
    bad: Callable = lambda row: False  # rows to be seen first

    @classmethod
    def of(cls, name, title, columns, rows, **options):
        """A table whose rows are not grouped."""
        return cls(name, title, columns, [Group(list(rows))], **options)

    @property
    def rows(self):
        return [row for group in self.groups for row in group.rows]

    @property
    def head(self):
        return [column.name for column in self.columns]

    def cells(self, row):
        return [column.cell(row) for column in self.columns]


@dataclass(frozen=True)
class Plot:
    """A picture that lies beside the page."""

    file: str
    what: str
    svg: str  # what is in the file


@dataclass(frozen=True)
class Bar:
    """A value of a panel."""

    name: str
    value: float
    text: str
    strong: bool = False  # to be seen first
    bad: bool = False  # not to be compared with the others


@dataclass(frozen=True)
class Panel:
    """Bars with one axis."""

    title: str
    detail: str
    bars: list
    upright: bool = False  # a histogram: bars stand side by side


@dataclass(frozen=True)
class Picture:
    """Panels that are drawn in the page itself."""

    name: str
    heading: str
    words: str
    panels: list


@dataclass(frozen=True)
class Inset:
    """A page of another tool, shown within this one."""

    heading: str
    words: str
    title: str
    html: str


@dataclass(frozen=True)
class Note:
    """Words of a report. In them *x* is stressed and `x` is a name."""

    heading: str
    paragraphs: tuple
    items: tuple = ()
    terminal: str = ""  # what of it is printed


@dataclass(frozen=True)
class Verdict:
    """What came out, in plain words: a sentence that has it all, and further ones."""

    headline: str
    sentences: list
    failed: bool = False


@dataclass
class Report:
    """All of it, in the order in which it is shown."""

    title: str
    verdict: Verdict
    facts: str  # what was run, and on what, in a line
    checks: list
    plots: list
    tables: list
    notes: list
    lead: str = ""  # what this is about, for somebody who has never heard of it
    pictures: list = field(default_factory=list)  # beside the verdict
    further: list = field(default_factory=list)  # pictures after the tables
    insets: list = field(default_factory=list)
    appendix: list = field(default_factory=list)  # further tables
    files: dict = field(default_factory=dict)  # {name: what it holds}

    @property
    def failed(self):
        return [check for check in self.checks if check.verdict == FAIL]
