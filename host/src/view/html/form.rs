//! What a reader can do: forms, buttons and inputs.
//!
//! Everything works as plain HTML; card.js finds what it needs by `data-qk-form`
//! and `data-qk-input`. Where the card cannot be acted on, buttons and fields
//! are left out, and the options of a choice are shown for what they say.

mod field;
mod hint;
mod upload;

use super::{Draw, HtmlContext, Interaction, Submission};
use crate::view::{
    ActionOffer, ButtonStyle, CheckedView, Choice, ChoiceStyle, Input, InputKind, Kind,
};
use field::Field;
pub(super) use upload::upload;

/// The form a drawing is in.
#[derive(Clone, Copy)]
pub(super) struct OpenForm<'a> {
    number: usize,
    /// What was sent by it and refused.
    submission: Option<&'a Submission>,
}

/// Where a refused submission is drawn again.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// There is none.
    Nowhere,
    /// Around this button.
    Button(usize),
    /// At the top: the view does not have that form any more.
    Top,
}

/// How a rating stands.
pub(super) struct Stars {
    pub(super) max: u8,
    pub(super) value: u8,
    pub(super) required: bool,
}

/// Finds the button whose offer was taken. Tokens change with keys and when a
/// view becomes the reader's own, so that a form with the same inputs will do.
pub(super) fn place_of_submission(view: &CheckedView, cx: &HtmlContext<'_>) -> Place {
    let Interaction::Interactive {
        tokens,
        submission: Some(submission),
        ..
    } = cx.interaction
    else {
        return Place::Nowhere;
    };
    let given = &submission.inputs;
    let by_token = || tokens.iter().position(|token| *token == submission.offer);
    let by_inputs = || {
        view.offers().iter().position(|offer| {
            let declared = |name: &String| offer.inputs.iter().any(|input| input.name == *name);
            !given.is_empty() && given.keys().all(declared)
        })
    };
    let offer = by_token()
        .or_else(by_inputs)
        .and_then(|index| view.offers().get(index));
    offer.map_or(Place::Top, |offer| Place::Button(offer.node))
}

/// Says at the top what is wrong with a submission that has no form.
pub(super) fn message_without_place(draw: &mut Draw<'_>) {
    if let (
        Place::Top,
        Interaction::Interactive {
            submission: Some(submission),
            ..
        },
    ) = (draw.submission, draw.cx.interaction)
    {
        form_message(draw, Some(&submission.text));
    }
}

pub(super) fn form(draw: &mut Draw<'_>, index: usize) {
    let Interaction::Interactive {
        action, submission, ..
    } = draw.cx.interaction
    else {
        super::within(draw, index, "<div class=\"qk-form\">", "</div>");
        return;
    };
    let within = draw.view.subtree(index);
    let submission = match draw.submission {
        Place::Button(button) if within.contains(&button) => submission,
        _ => None,
    };
    draw.forms += 1;
    draw.form = Some(OpenForm {
        number: draw.forms,
        submission,
    });
    let uploads = within
        .clone()
        .any(|node| matches!(draw.view.kind(node), Kind::Upload(_)));
    open_form(draw, "qk-form", action, uploads, submission);
    let first_button = within
        .map(|node| draw.view.kind(node))
        .find_map(|kind| match kind {
            Kind::Button { offer, .. } => Some(offer),
            _ => None,
        });
    if first_button.is_some_and(|offer| offer.confirm.is_some()) {
        // Enter in a field takes the form's first button, and so past its
        // question. A disabled one stops that.
        draw.out
            .raw("<button type=\"submit\" disabled hidden></button>");
    }
    super::within(draw, index, "", "</form>");
    draw.form = None;
}

fn open_form(
    draw: &mut Draw<'_>,
    class: &'static str,
    action: &str,
    uploads: bool,
    submission: Option<&Submission>,
) {
    draw.out
        .raw("<form")
        .attr("class", class)
        .raw(" method=\"post\"")
        .attr("action", action);
    if uploads {
        draw.out.attr("enctype", "multipart/form-data");
    }
    draw.out.raw(" data-qk-form>");
    // A message said beside its only input need not be said twice.
    let message = submission.filter(|submission| match submission.fields.as_slice() {
        [(_, message)] => *message != submission.text,
        _ => true,
    });
    form_message(draw, message.map(|submission| submission.text.as_str()));
}

fn form_message(draw: &mut Draw<'_>, text: Option<&str>) {
    draw.out
        .raw("<p class=\"qk-form-message\" role=\"alert\"")
        .flag("hidden", text.is_none());
    draw.out.raw(">").text(text.unwrap_or_default()).raw("</p>");
}

pub(super) fn button(draw: &mut Draw<'_>, index: usize, label: &str, style: ButtonStyle) {
    let Interaction::Interactive {
        action,
        tokens,
        submission,
    } = draw.cx.interaction
    else {
        return;
    };
    let offer_index = draw.view.offer_index(index);
    let offer = &draw.view.offers()[offer_index].offer;
    let token = tokens
        .get(offer_index)
        .expect("there is a token for every offer");
    let lone = draw.form.is_none();
    if lone {
        let refused = matches!(draw.submission, Place::Button(button) if button == index);
        open_form(
            draw,
            "qk-form qk-lone",
            action,
            false,
            submission.filter(|_| refused),
        );
    }
    submit(draw, label, style, offer, token);
    if lone {
        draw.out.raw("</form>");
    }
}

fn submit(draw: &mut Draw<'_>, label: &str, style: ButtonStyle, offer: &ActionOffer, token: &str) {
    let out = &mut draw.out;
    if let Some(question) = &offer.confirm {
        out.raw("<details class=\"qk-confirm\"><summary class=\"qk-button qk-button-");
        out.raw(style.name())
            .raw("\">")
            .text(label)
            .raw("</summary><div class=\"qk-question\"><p>");
        out.text(question).raw("</p>");
    }
    out.raw("<button type=\"submit\" class=\"qk-button qk-button-")
        .raw(style.name());
    out.raw("\" name=\"_offer\"")
        .attr("value", token)
        .raw(">")
        .text(label)
        .raw("</button>");
    if offer.confirm.is_some() {
        out.raw("</div></details>");
    }
}

pub(super) fn input(draw: &mut Draw<'_>, input: &Input) {
    let Some(field) = Field::begin(draw, &input.name) else {
        return;
    };
    let hint = hint::of_input(draw.tongue, input);
    draw.out
        .raw("<div class=\"qk-field\"")
        .attr("data-qk-input", &input.name)
        .raw("><label");
    draw.out.attr("for", &field.id).raw(">").text(&input.label);
    if !input.required {
        let optional = draw.tongue.pick("选填", "optional");
        draw.out
            .raw(" <span class=\"qk-optional\">")
            .text(optional)
            .raw("</span>");
    }
    draw.out.raw("</label>");
    let given = field.given.and_then(|values| values.first());
    let value = match field.given {
        Some(_) => given.map_or("", String::as_str),
        None => input.value.as_deref().unwrap_or_default(),
    };
    let multiline = input.kind == InputKind::Multiline;
    draw.out.raw(match input.kind {
        InputKind::Text => "<input type=\"text\"",
        InputKind::Number => "<input type=\"number\" step=\"any\" inputmode=\"decimal\"",
        InputKind::Date => "<input type=\"date\"",
        InputKind::Multiline => "<textarea rows=\"3\"",
    });
    field.control(draw, &field.id, hint.is_some());
    // Characters are not limited here: a browser counts an emoji as two.
    if matches!(input.kind, InputKind::Number | InputKind::Date) {
        for (name, limit) in [("min", &input.min), ("max", &input.max)] {
            if let Some(limit) = limit {
                draw.out.attr(name, limit);
            }
        }
    }
    if let Some(placeholder) = &input.placeholder {
        draw.out.attr("placeholder", placeholder);
    }
    draw.out.flag("required", input.required);
    if multiline {
        // The parser drops one line break behind the tag.
        draw.out.raw(">\n").text(value).raw("</textarea>");
    } else {
        draw.out.attr("value", value).raw(">");
    }
    field.hint(draw, hint.as_deref());
    field.message(draw);
    draw.out.raw("</div>");
}

pub(super) fn choice(draw: &mut Draw<'_>, choice: &Choice) {
    let Some(field) = Field::begin(draw, &choice.name) else {
        options_alone(draw, choice);
        return;
    };
    match (choice.style, choice.many) {
        (ChoiceStyle::Menu, false) => menu(draw, choice, &field),
        // A menu of several is hard to use on every device; a list is not.
        (ChoiceStyle::List | ChoiceStyle::Menu, _) => options(draw, choice, &field, "list"),
        (ChoiceStyle::Chips, _) => options(draw, choice, &field, "chips"),
    }
}

/// The options of a choice nobody can make here.
fn options_alone(draw: &mut Draw<'_>, choice: &Choice) {
    let style = if choice.style == ChoiceStyle::Chips {
        "chips"
    } else {
        "list"
    };
    draw.out
        .raw("<div class=\"qk-choice qk-choice-")
        .raw(style)
        .raw("\">");
    if draw.heading != Some(&choice.label) {
        draw.out
            .raw("<p class=\"qk-legend\">")
            .text(&choice.label)
            .raw("</p>");
    }
    draw.out.raw("<ul class=\"qk-options\" role=\"list\">");
    for option in &choice.options {
        draw.out
            .raw("<li class=\"qk-option\"><span>")
            .text(&option.label)
            .raw("</span></li>");
    }
    draw.out.raw("</ul></div>");
}

fn menu(draw: &mut Draw<'_>, choice: &Choice, field: &Field<'_>) {
    draw.out
        .raw("<div class=\"qk-field\"")
        .attr("data-qk-input", &choice.name)
        .raw("><label");
    draw.out
        .attr("for", &field.id)
        .raw(">")
        .text(&choice.label)
        .raw("</label><select");
    field.control(draw, &field.id, false);
    draw.out
        .flag("required", choice.min > 0)
        .raw("><option value=\"\">");
    draw.out
        .text(draw.tongue.pick("请选择", "Choose"))
        .raw("</option>");
    for option in &choice.options {
        let selected = field.chosen(&option.value, option.selected);
        draw.out
            .raw("<option")
            .attr("value", &option.value)
            .flag("selected", selected);
        draw.out.raw(">").text(&option.label).raw("</option>");
    }
    draw.out.raw("</select>");
    field.message(draw);
    draw.out.raw("</div>");
}

fn options(draw: &mut Draw<'_>, choice: &Choice, field: &Field<'_>, style: &'static str) {
    let hint = hint::of_choice(draw.tongue, choice);
    field.begin_set(
        draw,
        format_args!("qk-choice qk-choice-{style}"),
        hint.is_some(),
    );
    legend(draw, &choice.label);
    field.hint(draw, hint.as_deref());
    draw.out.raw("<div class=\"qk-options\">");
    for (index, option) in choice.options.iter().enumerate() {
        draw.out.raw("<label class=\"qk-option\"><input");
        draw.out.raw(if choice.many {
            " type=\"checkbox\""
        } else {
            " type=\"radio\""
        });
        field.member(draw, index, &option.value);
        draw.out
            .flag("checked", field.chosen(&option.value, option.selected));
        // There is no such word for "at least one box".
        draw.out.flag("required", choice.min > 0 && !choice.many);
        draw.out
            .raw("><span>")
            .text(&option.label)
            .raw("</span></label>");
    }
    draw.out.raw("</div>");
    field.message(draw);
    draw.out.raw("</fieldset>");
}

/// A legend that only repeats the heading above is for screen readers alone.
fn legend(draw: &mut Draw<'_>, label: &str) {
    let repeated = draw.heading == Some(label);
    draw.out
        .raw("<legend")
        .raw(if repeated { " class=\"qk-unseen\"" } else { "" });
    draw.out.raw(">").text(label).raw("</legend>");
}

pub(super) fn toggle(draw: &mut Draw<'_>, name: &str, label: &str, value: bool) {
    let Some(field) = Field::begin(draw, name) else {
        return;
    };
    draw.out
        .raw("<div class=\"qk-field\"")
        .attr("data-qk-input", name);
    draw.out
        .raw("><label class=\"qk-toggle\"><input type=\"checkbox\" role=\"switch\"");
    field.control(draw, &field.id, false);
    draw.out
        .raw(" value=\"true\"")
        .flag("checked", field.chosen("true", value));
    draw.out.raw("><span>").text(label).raw("</span></label>");
    field.message(draw);
    draw.out.raw("</div>");
}

pub(super) fn rating(draw: &mut Draw<'_>, name: &str, label: &str, stars: &Stars) {
    let Some(field) = Field::begin(draw, name) else {
        return;
    };
    field.begin_set(draw, format_args!("qk-rating"), false);
    legend(draw, label);
    draw.out.raw("<div class=\"qk-stars\">");
    for number in 1..=stars.max {
        draw.out
            .raw("<label class=\"qk-star\"><input type=\"radio\"");
        field.member(draw, usize::from(number), &number.to_string());
        draw.out.flag(
            "checked",
            field.chosen(&number.to_string(), number == stars.value),
        );
        draw.out.flag("required", stars.required);
        draw.out
            .raw("><span aria-hidden=\"true\">★</span><span class=\"qk-unseen\">");
        draw.out.text(
            draw.tongue
                .count(u64::from(number), "颗星", "star", "stars"),
        );
        draw.out.raw("</span></label>");
    }
    if !stars.required {
        draw.out
            .raw("<label class=\"qk-no-star\"><input type=\"radio\"");
        field.member(draw, 0, "0");
        draw.out
            .flag("checked", field.chosen("0", stars.value == 0))
            .raw("><span>");
        draw.out
            .text(draw.tongue.pick("不评分", "no rating"))
            .raw("</span></label>");
    }
    draw.out.raw("</div>");
    field.message(draw);
    draw.out.raw("</fieldset>");
}
