"""Settings of Sphinx for the site; `packaging/site/build` uses them."""

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Generic, Text

project = "Tidings"
html_title = "Tidings"

extensions = ["myst_parser"]
exclude_patterns = ["README.md"]

# The dialect of forges, so that a page is the same there and here.
myst_enable_extensions = ["strikethrough"]
myst_disable_syntax = ["myst_block_break", "myst_line_comment", "myst_role", "myst_target"]
myst_heading_anchors = 6
smartquotes = False

# A wrong link, a page without a place in the navigation and the like are warnings, and the build fails on warnings.
nitpicky = True
suppress_warnings = [
    # An excerpt of a configuration is not a complete document.
    "misc.highlighting_failure",
]

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_favicon = "static/icon.svg"
html_theme_options = {
    "light_css_variables": {"color-api-name": "#1a4fb4", "color-api-pre-name": "#1a4fb4"},
    "dark_css_variables": {"color-api-name": "#79c0ff", "color-api-pre-name": "#79c0ff"},
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"


class Console(RegexLexer):
    """Commands with their output. The lexer of Pygments takes a heading (`## 1.0.0`) for a prompt of root."""

    tokens = {"root": [(r"(\$ )(.*\n)", bygroups(Generic.Prompt, Generic.Strong)), (r".*\n", Text)]}


def setup(app):
    app.add_lexer("console", Console)
