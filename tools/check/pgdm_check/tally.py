# SPDX-License-Identifier: GPL-2.0
"""The counts of all suites, and what is printed of each and of all."""


class Tally:
    """Adds up verdicts."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.verdicts = {}  # by the names of suites, once they have ended
        self._skips = []
        self._fails = []

    def add(self, name, verdict, seconds, log):
        """Count a suite, and print how it went."""
        self.verdicts[name] = verdict
        self.passed += verdict.passed
        self.failed += verdict.failed
        self.skipped += verdict.skipped
        self._skips += verdict.skips
        counts = counted(verdict.passed, verdict.failed, verdict.skipped)
        print(f"{name:<16} {counts} ({seconds} s)")
        if verdict.failed:
            self._fails += verdict.fails
            print(*verdict.words, f"    log     {log}", sep="\n")

    def add_failure(self, text):
        """Count one failure that is no suite's."""
        self.failed += 1
        self._fails.append(text)

    def summary(self):
        """The tests that were skipped and those that failed, each a line."""
        skips = [f"skipped: {text}" for text in self._skips]
        return skips + [f"failed: {text}" for text in self._fails]

    def closing(self):
        """The last line of a run."""
        return counted(self.passed, self.failed, self.skipped)


def counted(passed, failed, skipped):
    """Three counts, as text."""
    return f"{passed} passed, {failed} failed, {skipped} skipped"
