//! A way to share: a link to copy, and with share.js the device's own way.

use super::{Draw, Interaction};
use crate::view::Share;

pub(super) fn share(draw: &mut Draw<'_>, index: usize, share: &Share) {
    let url = draw.cx.site.shared(&share.of, draw.cx.at);
    let token = match (draw.cx.interaction, &share.offer) {
        (Interaction::Interactive { tokens, .. }, Some(_)) => {
            let token = tokens.get(draw.view.offer_index(index));
            Some(token.expect("there is a token for every offer"))
        }
        _ => None,
    };
    draw.out
        .raw("<details class=\"qk-share\" data-style=\"share\"")
        .attr("data-url", &url);
    if let Some(token) = token {
        draw.out.attr("data-offer", token);
        if let Interaction::Interactive { action, .. } = draw.cx.interaction {
            draw.out.attr("data-action", action);
        }
    }
    draw.out
        .raw("><summary class=\"qk-button qk-button-quiet\">")
        .text(&share.label)
        .raw("</summary><p class=\"qk-shared\">")
        .text(draw.tongue.pick("复制这个链接：", "Copy this link: "))
        .raw("<a")
        .attr("href", &url)
        .raw(" target=\"_blank\" rel=\"noopener\">")
        .text(&url)
        .raw("</a></p></details>");
}
