//! What a reader can do: buttons and their offers, links; and `ext`.

use serde::Serialize;

use super::{Audience, Children, Element, Once, leaf_builder, wit};

/// Something the reader may do: arrives in [`Card::handle`](crate::Card::handle)
/// as an action of this name (`[a-z][a-z0-9-]*`, at most 64 bytes). The host
/// signs it: what no view offered cannot be done.
pub fn offer(name: impl Into<String>) -> Offer {
    Offer(wit::ActionOffer {
        name: name.into(),
        payload: String::new(),
        audience: Audience::Anyone,
        once: Once::PerTap,
        confirm: None,
    })
}

/// An action on offer. From [`offer`]; goes into a [`button`].
#[derive(Clone, Debug, PartialEq)]
pub struct Offer(wit::ActionOffer);

impl Offer {
    /// What comes back with the action, to be read with
    /// [`Action::payload`](crate::Action::payload); at most 2 KiB as JSON.
    /// Readers can see it.
    ///
    /// # Panics
    /// If `payload` cannot be JSON, as a map whose keys are no strings.
    #[must_use]
    pub fn payload(mut self, payload: &impl Serialize) -> Self {
        self.0.payload = serde_json::to_string(payload).expect("a payload can be JSON");
        self
    }

    /// Who may do it; anyone unless said otherwise. The host checks it when
    /// the action arrives.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.0.audience = audience;
        self
    }

    /// Only readers who signed in.
    #[must_use]
    pub fn signed_in(self) -> Self {
        self.audience(Audience::SignedIn)
    }

    /// Once for each reader; a repeat gets the answer of the first time.
    #[must_use]
    pub fn once_per_viewer(mut self) -> Self {
        self.0.once = Once::PerViewer;
        self
    }

    /// Once for all; whoever comes later is told so.
    #[must_use]
    pub fn once_per_card(mut self) -> Self {
        self.0.once = Once::PerCard;
        self
    }

    /// A question the reader must confirm first.
    #[must_use]
    pub fn confirm(mut self, question: impl Into<String>) -> Self {
        self.0.confirm = Some(question.into());
        self
    }
}

/// A button that takes an offer. Inside a [`form`](super::form) it submits the
/// form's inputs with it.
pub fn button(label: impl Into<String>, offer: Offer) -> Button {
    Button(wit::Button {
        label: label.into(),
        offer: offer.0,
        style: wit::ButtonStyle::Secondary,
    })
}

/// A button. From [`button`].
#[derive(Clone, Debug, PartialEq)]
pub struct Button(wit::Button);

impl Button {
    /// The one thing to do here.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.0.style = wit::ButtonStyle::Primary;
        self
    }

    /// As little as a link.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.0.style = wit::ButtonStyle::Quiet;
        self
    }

    /// Something that cannot be undone.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.0.style = wit::ButtonStyle::Danger;
        self
    }
}

leaf_builder!(Button => Button);

/// A way to somewhere else: an `https:` or `mailto:` address. For another page
/// of this card there is [`link_to`].
pub fn link(label: impl Into<String>, url: impl Into<String>) -> Element {
    Element::leaf(wit::Kind::Link(wit::Link {
        label: label.into(),
        url: url.into(),
    }))
}

/// A way to another page of this card: `place` is what
/// [`CardContext::at`](crate::CardContext::at) is there, at most 256 bytes;
/// empty is the first page.
///
/// ```
/// # use quanka_card::prelude::*;
/// # let _ =
/// row((link_to("全部", ""), link_to("跑步", "tag/跑步")))
/// # ;
/// ```
pub fn link_to(label: impl Into<String>, place: impl AsRef<str>) -> Element {
    link(label, format!("card:{}", place.as_ref()))
}

/// A way to share the card, or the page of it that is shown.
pub fn share(label: impl Into<String>) -> Share {
    Share(wit::Share {
        label: label.into(),
        of: wit::ShareOf::Card,
        offer: None,
    })
}

/// A way to share a post, by id.
pub fn share_post(label: impl Into<String>, id: impl Into<String>) -> Share {
    Share(wit::Share {
        of: wit::ShareOf::Post(id.into()),
        ..share(label).0
    })
}

/// A way to share something. From [`share`] or [`share_post`].
#[derive(Clone, Debug, PartialEq)]
pub struct Share(wit::Share);

impl Share {
    /// What is done once the reader has shared: only then, and only when the
    /// device says so.
    #[must_use]
    pub fn then(mut self, offer: Offer) -> Self {
        self.0.offer = Some(offer.0);
        self
    }
}

leaf_builder!(Share => Share);

/// A kind of element this version of the contract does not know. A host that
/// does not know the name either shows the children instead.
pub fn ext(name: impl Into<String>, children: impl Children) -> Ext {
    let record = wit::Ext {
        name: name.into(),
        props: Vec::new(),
    };
    Ext(Element::parent(wit::Kind::Ext(record), children))
}

/// An element of a later contract. From [`ext`].
#[derive(Clone, Debug, PartialEq)]
pub struct Ext(Element);

impl Ext {
    /// Adds a property.
    #[must_use]
    pub fn prop(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        match &mut self.0.kind {
            wit::Kind::Ext(ext) => {
                ext.props.push(wit::Prop {
                    name: name.into(),
                    value: value.into(),
                });
            }
            _ => unreachable!("`ext` made it one"),
        }
        self
    }
}

impl From<Ext> for Element {
    fn from(ext: Ext) -> Self {
        ext.0
    }
}

impl Children for Ext {
    fn add_to(self, elements: &mut Vec<Element>) {
        elements.push(self.0);
    }
}
