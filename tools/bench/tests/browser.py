# SPDX-License-Identifier: GPL-2.0
"""A page in a browser without a display: what is wrong with how it looks.

A copy of the page gets a script that measures it. It is shown in a frame, as windows
are not made as narrow as a phone; the script leaves what it found in the document
around it, which the browser prints when all is loaded.
"""

import html
import os
import re
import subprocess
import tempfile

BROWSER = "chromium"
LIMIT = 120  # seconds, for a busy machine

PROBE = """<script>
addEventListener('load', () => {
  const found = [], wide = document.documentElement.clientWidth;
  const say = (what, el) => found.push(what + ': ' + el.tagName.toLowerCase() +
    ' ' + (el.alt || el.textContent || '').trim().slice(0, 40));
  if (innerWidth !== %(width)d) found.push('the frame is ' + innerWidth + ' wide');
  if (document.documentElement.scrollWidth > wide)
    found.push('page is wider than the window');
  for (const el of document.querySelectorAll('body *')) {
    const at = el.getBoundingClientRect();
    if (at.width && !el.closest('.wide') && (at.right > wide + 1 || at.left < -1))
      say('beyond the window', el);
  }
  for (const svg of document.querySelectorAll('svg')) {
    const out = svg.getBoundingClientRect(), seen = [];
    if (!svg.getAttribute('aria-label')) say('no words for a picture', svg);
    for (const text of svg.querySelectorAll('text')) {
      const at = text.getBoundingClientRect();
      if (at.left < out.left - 1 || at.right > out.right + 1 ||
          at.top < out.top - 1 || at.bottom > out.bottom + 1) say('cut off', text);
      for (const one of seen)
        if (Math.min(at.right, one.right) - Math.max(at.left, one.left) > 1 &&
            Math.min(at.bottom, one.bottom) - Math.max(at.top, one.top) > 4)
          say('on another text', text);
      seen.push(at);
    }
  }
  for (const image of document.querySelectorAll('img')) {
    if (!image.naturalWidth) say('not shown', image);
    if (!image.alt) say('no words for a picture', image);
  }
  for (const head of document.querySelectorAll('th'))
    if (!head.scope) say('a head without a scope', head);
  const out = document.createElement('pre');
  out.id = 'probe';
  out.textContent = found.join('\\n');
  parent.document.body.append(out);
});
</script></body>"""

FRAME = (
    "<!DOCTYPE html><title>a frame</title><body><iframe srcdoc='{page}' "
    "style='width: {width}px; height: 1000px; border: 0'></iframe></body>"
)

SAID = re.compile(r"CONSOLE:\d+\] (.*), source: ")


class NoBrowser(Exception):
    """The browser did not start, or printed no document."""


def run(path, where):
    """The document after loading, and what the browser said."""
    command = [
        BROWSER,
        "--headless=new",
        "--no-sandbox",  # it does not start as root with one
        "--disable-gpu",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        f"--user-data-dir={where}/profile",
        "--window-size=1400,1100",
        "--dump-dom",
        f"file://{path}",
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise NoBrowser(str(err)) from err
    return done.stdout, done.stderr


def problems(page, width):
    """All that is wrong with a page in a window of a width, in words."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as where:
        path = os.path.join(where, "page.html")
        head, body, tail = page.rpartition("</body>")
        assert body, "a page without an end"
        with open(path, "w", encoding="utf-8") as f:
            page = html.escape(head + PROBE % {"width": width} + tail)
            f.write(FRAME.format(page=page, width=width))
        document, said = run(path, where)
    probe = re.search(r'<pre id="probe">(.*?)</pre>', document, re.DOTALL)
    console = [f"console: {words}" for words in SAID.findall(said)]
    if not probe:
        raise NoBrowser(f"no document: {said[-600:]}")
    return console + [line for line in html.unescape(probe[1]).splitlines() if line]
