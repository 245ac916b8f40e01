//! What every input has in common.

use std::fmt::{self, Display};

use crate::view::html::Draw;

/// An id that stays, what was given before, and what is wrong with it.
pub(super) struct Field<'a> {
    name: &'a str,
    pub(super) id: String,
    /// What the reader gave when it was refused; none if nothing was.
    pub(super) given: Option<&'a [String]>,
    message: String,
}

impl<'a> Field<'a> {
    /// None where inputs are not drawn.
    pub(super) fn begin(draw: &Draw<'a>, name: &'a str) -> Option<Self> {
        let form = draw.form?;
        let given = form
            .submission
            .map(|submission| submission.inputs.get(name).map_or(&[][..], Vec::as_slice));
        let fields = form
            .submission
            .map_or(&[][..], |submission| &submission.fields);
        let messages = fields.iter().filter(|(field, _)| field == name);
        let messages: Vec<&str> = messages.map(|(_, message)| message.as_str()).collect();
        Some(Self {
            name,
            id: format!("{}-f{}-{name}", draw.cx.card, form.number),
            given,
            message: messages.join(" "),
        })
    }

    /// Whether an option is chosen: by the reader if they have been asked
    /// before, else by the view.
    pub(super) fn chosen(&self, value: &str, at_first: bool) -> bool {
        self.given
            .map_or(at_first, |values| values.iter().any(|given| given == value))
    }

    /// The attributes of the one control of the field.
    pub(super) fn control(&self, draw: &mut Draw<'_>, id: impl Display, hinted: bool) {
        draw.out.attr("id", id).attr("name", self.name);
        self.described_by(draw, hinted);
        self.invalid(draw);
    }

    /// The attributes of one of several controls.
    pub(super) fn member(&self, draw: &mut Draw<'_>, index: usize, value: &str) {
        draw.out
            .attr("id", format_args!("{}-{index}", self.id))
            .attr("name", self.name);
        draw.out.attr("value", value);
        self.invalid(draw);
    }

    pub(super) fn begin_set(&self, draw: &mut Draw<'_>, class: fmt::Arguments<'_>, hinted: bool) {
        draw.out
            .raw("<fieldset")
            .attr("class", class)
            .attr("id", &self.id);
        draw.out.attr("data-qk-input", self.name);
        self.described_by(draw, hinted);
        draw.out.raw(">");
    }

    fn described_by(&self, draw: &mut Draw<'_>, hinted: bool) {
        draw.out.raw(" aria-describedby=\"");
        if hinted {
            draw.out.text(&self.id).raw("-hint ");
        }
        draw.out.text(&self.id).raw("-message\"");
    }

    fn invalid(&self, draw: &mut Draw<'_>) {
        if !self.message.is_empty() {
            draw.out.raw(" aria-invalid=\"true\"");
        }
    }

    pub(super) fn hint(&self, draw: &mut Draw<'_>, hint: Option<&str>) {
        if let Some(hint) = hint {
            draw.out
                .raw("<p class=\"qk-hint\"")
                .attr("id", format_args!("{}-hint", self.id));
            draw.out.raw(">").text(hint).raw("</p>");
        }
    }

    pub(super) fn message(&self, draw: &mut Draw<'_>) {
        draw.out
            .raw("<p class=\"qk-message\"")
            .attr("id", format_args!("{}-message", self.id));
        draw.out
            .flag("hidden", self.message.is_empty())
            .raw(">")
            .text(&self.message)
            .raw("</p>");
    }
}
