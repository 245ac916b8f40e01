//! The one way text gets into markup.
//!
//! Markup is written in literals, and everything else goes through an escape;
//! the types keep the two apart, since only what is in the program's text has
//! the static lifetime. The one exception is named for what it does.

use std::fmt::{self, Display, Write};

/// Writes HTML.
#[derive(Debug, Default)]
pub(in crate::view) struct Writer {
    html: String,
}

impl Writer {
    /// A tag, or a part of one, from the program's own text.
    pub(in crate::view) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.html.push_str(markup);
        self
    }

    /// Text, escaped for an element's content and for an attribute's value
    /// alike.
    pub(in crate::view) fn text(&mut self, text: impl Display) -> &mut Self {
        write!(Escaped(&mut self.html), "{text}").expect("a string takes all that is written");
        self
    }

    /// An attribute with a space before it.
    pub(in crate::view) fn attr(&mut self, name: &'static str, value: impl Display) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    /// An attribute without a value, if it applies.
    pub(in crate::view) fn flag(&mut self, name: &'static str, applies: bool) -> &mut Self {
        if applies {
            self.raw(" ").raw(name);
        }
        self
    }

    /// Markup that another of these has finished.
    pub(in crate::view) fn finished_markup(&mut self, markup: &str) -> &mut Self {
        self.html.push_str(markup);
        self
    }

    /// What has been written.
    pub(in crate::view) fn finish(self) -> String {
        self.html
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;

    #[test]
    fn everything_that_is_not_a_literal_is_escaped() {
        let mut out = Writer::default();
        out.raw("<a")
            .attr("title", "\"><b>'&amp;")
            .flag("hidden", true)
            .flag("open", false);
        out.raw(">").text("<script>&").text(7).raw("</a>");
        insta::assert_snapshot!(
            out.finish(),
            @r#"<a title="&quot;&gt;&lt;b&gt;&#39;&amp;amp;" hidden>&lt;script&gt;&amp;7</a>"#
        );
    }
}
