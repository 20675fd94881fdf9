"""Conversion of text from users to HTML and Markdown that shows it literally and cannot contain active content."""

import re
from xml.etree import ElementTree

from markupsafe import Markup

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom"),
    *("menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mmultiscripts"),
    *("mprescripts", "none"),
}
# Links, styles, classes, ids and event handlers are not permitted.
_ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "mathcolor", "mathbackground", "mathsize", "dir"),
    *("form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "accent", "accentunder"),
    *("lspace", "rspace", "minsize", "maxsize", "linethickness", "bevelled", "notation", "columnalign", "rowalign"),
    *("columnlines", "rowlines", "columnspacing", "rowspacing", "width", "height", "depth", "voffset", "linebreak"),
}
_VALUE = re.compile(r"[\w.,#%+ -]*")  # no parentheses or colons, hence no URLs


def mathml(latex: str) -> Markup:
    r"""Convert a LaTeX formula to MathML.

    Parameters
    ----------
    latex
        The formula, without dollar signs.

    Returns
    -------
    Markup
        The displayed formula; the LaTeX text as code if it is invalid or contains more than a formula.

    Examples
    --------
    >>> "<mo>&lt;</mo>" in mathml(r"a < b")
    True
    >>> print(mathml(r"\href{https://example.org}{x}"))
    <code>\href{https://example.org}{x}</code>
    """
    from latex2mathml.converter import convert

    # The converter does not escape angle brackets: replace them by private characters, and these by escaped text.
    sealed = latex.replace("<", "\ue000").replace(">", "\ue001")
    try:
        text = convert(sealed, display="block")
    except Exception:  # the converter raises many kinds of exceptions
        text = ""
    for seal, escaped in (("\ue000", "&lt;"), ("\ue001", "&gt;")):
        text = text.replace(f"<mi>{seal}</mi>", f"<mo>{escaped}</mo>").replace(seal, escaped)
    return Markup(text) if _only_formula(text) else Markup("<code>{}</code>").format(latex)


def _only_formula(text: str) -> bool:
    try:
        elements = list(ElementTree.fromstring(text).iter())
    except (ElementTree.ParseError, ValueError, RecursionError):
        return False
    return all(
        element.tag.startswith(_MATHML)
        and element.tag.removeprefix(_MATHML) in _ELEMENTS
        and all(name in _ATTRIBUTES and _VALUE.fullmatch(value) for name, value in element.attrib.items())
        for element in elements
    )


class Markdown(str):
    """Text that is already Markdown and is not escaped."""


def markdown_text(value: object) -> str:
    r"""Return a value as one line of text that Markdown shows literally.

    Parameters
    ----------
    value
        Any object; :class:`Markdown` is returned unchanged.

    Returns
    -------
    str
        The escaped text.

    Examples
    --------
    >>> markdown_text("E[x] | <b>"), markdown_text("E_inf of 2 * 3")
    ('E\\[x\\] \\| &lt;b>', 'E_inf of 2 \\* 3')
    """
    if isinstance(value, Markdown):
        return value
    text = " ".join(str(value).split())
    text = re.sub(r"&(?=#|\w+;)", "&amp;", text)
    text = re.sub(r"([\\`*\[\]|~$])", r"\\\1", text).replace("<", "&lt;")
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)  # an underscore within a word is literal
    # Escape headings, quotations, lists, rules and underlines of headings at the beginning of the line.
    text = re.sub(r"^(?=#{1,6}(\s|$)|>|[-+](\s|$)|=+$|-+$)", r"\\", text)
    return re.sub(r"^(\d+)(?=[.)](\s|$))", r"\1\\", text)


def markdown_code(text: str) -> Markdown:
    """Return text as inline code.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    Markdown
        The code.

    Examples
    --------
    >>> markdown_code("a`b")
    '``a`b``'
    """
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return Markdown(f"{fence}{space}{line}{space}{fence}")


def markdown_block(text: str) -> Markdown:
    """Return text of several lines as a code block.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    Markdown
        The code block.
    """
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return Markdown(f"{fence}\n{text}\n{fence}")


def markdown_formula(latex: str) -> Markdown:
    """Return a LaTeX formula as a displayed formula.

    Parameters
    ----------
    latex
        The formula, without dollar signs.

    Returns
    -------
    Markdown
        The formula; inline code if it is invalid or contains more than a formula.
    """
    line = " ".join(latex.split())
    if "$" in line or not mathml(line).startswith("<math"):
        return markdown_code(latex)
    return Markdown("$$ " + line.replace("<", r"\lt ").replace(">", r"\gt ") + " $$")
