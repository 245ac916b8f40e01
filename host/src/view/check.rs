//! The one check every view passes before anything reads it.
//!
//! A single pass over the tree in its order holds it against everything
//! `wit/v1/view.wit` promises, so that no surface has to doubt what it writes.
//! It stops at the first mistake and names the node. It repairs nothing: an
//! author sees what is wrong instead of a card that differs from what they
//! wrote.

mod kinds;
mod strings;

use std::{collections::BTreeSet, fmt, ops::Range};

use super::{
    ActionOffer, Kind, Node, People, Person, Said, Share, View, Who,
    inputs::InputDeclaration,
    version::version,
    words::{Tongue, grouped},
};
use strings::Strings;

/// The most bytes that the inputs of one form may add to a signed offer. Each
/// button of the form carries them, and they come back with every tap.
const FORM_DECLARATION_BYTES_MAX: usize = 16 * 1024;

/// How large a view may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewLimits {
    /// The most nodes of the tree.
    pub nodes_max: usize,
    /// The most levels; the root is on the first.
    pub depth_max: usize,
    /// The most bytes of all its strings together.
    pub text_bytes_max: usize,
}

impl Default for ViewLimits {
    fn default() -> Self {
        Self {
            nodes_max: 2_000,
            depth_max: 32,
            text_bytes_max: 256 * 1024,
        }
    }
}

/// A view that obeys the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedView {
    view: View,
    version: String,
    offers: Vec<OfferAt>,
    people: People,
    /// For each node, the index behind its subtree.
    ends: Vec<usize>,
    text_bytes: usize,
}

/// An offer and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferAt {
    /// The button or share, by its place in pre-order.
    pub node: usize,
    /// What it offers.
    pub offer: ActionOffer,
    /// The inputs of the form around it; empty for a button on its own.
    pub inputs: Vec<InputDeclaration>,
}

/// Why a view is not one, for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The node at fault, by its place in pre-order from 0; none if it is the
    /// view as a whole.
    pub node: Option<usize>,
    /// The node's kind, and its name if it has one.
    pub what: String,
    /// What is wrong with it and what would be right.
    pub reason: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.node {
            Some(node) => write!(f, "node {node} ({}): {}", self.what, self.reason),
            None => write!(f, "the view: {}", self.reason),
        }
    }
}

impl std::error::Error for Malformed {}

impl CheckedView {
    /// The view as the plugin drew it.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// A hash of the tree, title, summary and picture included, as 16
    /// hexadecimal digits. It names the tree and not the bytes of a surface,
    /// and it is the same whatever tokens the offers get.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What the view offers, in the order of the buttons.
    pub fn offers(&self) -> &[OfferAt] {
        &self.offers
    }

    /// Everybody the view names, by id, each with the first node that does.
    pub fn named(&self) -> impl Iterator<Item = (&str, usize)> {
        self.people.places()
    }

    /// The words of members in it, each with its node.
    pub fn said(&self) -> impl Iterator<Item = (&Said, usize)> {
        let nodes = self.view.nodes.iter().enumerate();
        nodes.filter_map(|(index, node)| match &node.kind {
            Kind::Said(said) => Some((said, index)),
            _ => None,
        })
    }

    /// Says who the people are that the view names, and which of the nodes that
    /// hold words have lost them. Until then all are strangers. The version
    /// counts what is said here.
    pub fn introduce(
        &mut self,
        locale: &str,
        people: impl IntoIterator<Item = (String, Who)>,
        masked: &[usize],
    ) {
        if self.people.is_empty() {
            return;
        }
        let tongue = Tongue::of(locale);
        for (member, who) in people {
            self.people.introduce(&member, who, tongue);
        }
        for (index, node) in self.view.nodes.iter_mut().enumerate() {
            if let Kind::Said(said) = &mut node.kind
                && (masked.contains(&index) || self.people.get(&said.member).erased)
            {
                said.text = tongue.pick("内容已删除", "This was deleted").to_owned();
                said.masked = true;
            }
        }
        self.version = version(&self.view, &self.people);
    }

    /// A mistake that only who knows the circle can see.
    pub fn malformed(&self, node: usize, reason: String) -> Malformed {
        malformed(&self.view.nodes, (node, reason))
    }

    /// Somebody the view names.
    pub(super) fn person(&self, member: &str) -> &Person {
        self.people.get(member)
    }

    /// Everybody the view names.
    pub(super) fn people(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.people.iter()
    }

    /// About how many bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        let offers = self
            .offers
            .iter()
            .map(|at| size_of::<OfferAt>() + at.inputs.len() * size_of::<InputDeclaration>());
        size_of::<Self>()
            + self.text_bytes
            + self.people.bytes()
            + self.view.nodes.len() * (size_of::<Node>() + size_of::<usize>())
            + offers.sum::<usize>()
    }

    /// The kind of a node.
    pub(super) fn kind(&self, node: usize) -> &Kind {
        &self.view.nodes[node].kind
    }

    /// A node's children, in order.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let end = self.ends[node];
        let child = move |index: usize| (index < end).then_some(index);
        std::iter::successors(child(node + 1), move |&index| child(self.ends[index]))
    }

    /// A node and all below it.
    pub(super) fn subtree(&self, node: usize) -> Range<usize> {
        node..self.ends[node]
    }

    /// Which of the view's offers a node makes that has one.
    pub(super) fn offer_index(&self, node: usize) -> usize {
        self.offers
            .binary_search_by_key(&node, |offer| offer.node)
            .expect("the check noted every offer")
    }
}

/// Checks a view in one pass.
///
/// # Errors
/// The first mistake, with the node that makes it.
pub fn check(view: View, limits: &ViewLimits) -> Result<CheckedView, Malformed> {
    let mut strings = Strings::new(limits.text_bytes_max);
    check_head(&view, limits, &mut strings).map_err(|reason| Malformed {
        node: None,
        what: "view".to_owned(),
        reason,
    })?;
    let mut walk = Walk::new(view.nodes.len());
    for (index, node) in view.nodes.iter().enumerate() {
        walk.enter(index, node, limits, &mut strings)
            .map_err(|fault| malformed(&view.nodes, fault))?;
    }
    walk.finish()
        .map_err(|fault| malformed(&view.nodes, fault))?;
    let Walk {
        ends,
        offers,
        people,
        ..
    } = walk;
    Ok(CheckedView {
        version: version(&view, &people),
        view,
        offers,
        people,
        ends,
        text_bytes: strings.bytes(),
    })
}

/// A node and what is wrong with it.
type Fault = (usize, String);

fn malformed(nodes: &[Node], (index, reason): Fault) -> Malformed {
    let kind = &nodes[index].kind;
    let what = match kinds::input_name(kind) {
        Some(name) => format!("{} \"{}\"", kind.name(), strings::excerpt(name)),
        None => kind.name().to_owned(),
    };
    Malformed {
        node: Some(index),
        what,
        reason,
    }
}

fn check_head(view: &View, limits: &ViewLimits, strings: &mut Strings) -> Result<(), String> {
    const TITLE_CHARACTERS_MAX: usize = 120;
    strings.label("title", &view.title)?;
    let characters = view.title.chars().count();
    if characters > TITLE_CHARACTERS_MAX {
        return Err(format!(
            "title has {characters} characters; the most is {TITLE_CHARACTERS_MAX}"
        ));
    }
    strings.line("summary", &view.summary)?;
    if let Some(image) = &view.image {
        strings.picture("image", image)?;
    }
    if view.nodes.is_empty() {
        return Err("it has no nodes; draw at least one, such as a column".to_owned());
    }
    if view.nodes.len() > limits.nodes_max {
        return Err(format!(
            "it has {} nodes; the most is {} (view.nodes_max): show fewer things at once",
            grouped(view.nodes.len() as u64),
            grouped(limits.nodes_max as u64),
        ));
    }
    Ok(())
}

/// The pass over the tree: the nodes around the current one, and what has been
/// found so far.
struct Walk {
    /// The nodes that still have children to come, or have just had the last.
    open: Vec<Open>,
    form: Option<Form>,
    offers: Vec<OfferAt>,
    people: People,
    ends: Vec<usize>,
}

struct Open {
    node: usize,
    children_left: u32,
}

/// The form around the current node.
#[derive(Default)]
struct Form {
    node: usize,
    inputs: Vec<InputDeclaration>,
    names: BTreeSet<String>,
    declaration_bytes: usize,
    /// Its buttons, as places among the offers. What stands between them is
    /// shared, and not submitted.
    buttons: Vec<usize>,
}

impl Walk {
    fn new(nodes: usize) -> Self {
        Self {
            open: Vec::new(),
            form: None,
            offers: Vec::new(),
            people: People::default(),
            ends: vec![nodes; nodes],
        }
    }

    fn enter(
        &mut self,
        index: usize,
        node: &Node,
        limits: &ViewLimits,
        strings: &mut Strings,
    ) -> Result<(), Fault> {
        self.leave_complete(index)?;
        self.place(index, node, limits)
            .and_then(|()| kinds::check(&node.kind, strings))
            .and_then(|()| self.interaction(index, &node.kind))
            .map_err(|reason| (index, reason))?;
        self.open.push(Open {
            node: index,
            children_left: node.children,
        });
        Ok(())
    }

    /// Whether there may be a node, and one with children.
    fn place(&mut self, index: usize, node: &Node, limits: &ViewLimits) -> Result<(), String> {
        match self.open.last_mut() {
            Some(parent) => parent.children_left -= 1,
            None if index == 0 => {}
            None => {
                return Err(
                    "it stands behind the end of the tree: all children that the nodes \
                            before it announce have come; count those of the root again"
                        .to_owned(),
                );
            }
        }
        if self.open.len() >= limits.depth_max {
            return Err(format!(
                "it is deeper than {} levels, the most (view.depth_max)",
                limits.depth_max
            ));
        }
        if kinds::is_leaf(&node.kind) && node.children > 0 {
            return Err(format!(
                "its kind has no children, and it announces {}",
                node.children
            ));
        }
        Ok(())
    }

    /// Leaves the nodes all of whose children have come before `index`.
    fn leave_complete(&mut self, index: usize) -> Result<(), Fault> {
        while let Some(complete) = self.open.pop_if(|open| open.children_left == 0) {
            self.ends[complete.node] = index;
            if let Some(form) = self.form.take_if(|form| form.node == complete.node) {
                self.leave_form(&form)?;
            }
        }
        Ok(())
    }

    fn leave_form(&mut self, form: &Form) -> Result<(), Fault> {
        if form.buttons.is_empty() {
            return Err((
                form.node,
                "a form holds at least one button to submit it".to_owned(),
            ));
        }
        for &button in &form.buttons {
            self.offers[button].inputs.clone_from(&form.inputs);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Fault> {
        self.leave_complete(self.ends.len())?;
        match self.open.last() {
            None => Ok(()),
            Some(open) => Err((
                open.node,
                format!(
                    "the tree ends where {} more of its children should be",
                    open.children_left
                ),
            )),
        }
    }

    /// What the node means for the form around it, its offer, and whom it
    /// names.
    fn interaction(&mut self, index: usize, kind: &Kind) -> Result<(), String> {
        match kind {
            Kind::Button { offer, .. } => {
                if let Some(form) = &mut self.form {
                    form.buttons.push(self.offers.len());
                }
                self.offer(index, offer);
            }
            Kind::Share(Share {
                offer: Some(offer), ..
            }) => self.offer(index, offer),
            Kind::Avatar { member, .. } | Kind::Said(Said { member, .. }) => {
                self.people.meet(member, index);
            }
            _ => {}
        }
        if matches!(kind, Kind::Form) {
            if let Some(form) = &self.form {
                return Err(format!(
                    "it stands inside another form (node {}); close that one first",
                    form.node
                ));
            }
            self.form = Some(Form {
                node: index,
                ..Form::default()
            });
        }
        match (InputDeclaration::of(kind), &mut self.form) {
            (None, _) => Ok(()),
            (Some(_), None) => Err("it stands outside a form; put a form around it and the \
                                    button that submits it"
                .to_owned()),
            (Some(declaration), Some(form)) => form.declare(declaration),
        }
    }

    fn offer(&mut self, node: usize, offer: &ActionOffer) {
        self.offers.push(OfferAt {
            node,
            offer: offer.clone(),
            inputs: Vec::new(),
        });
    }
}

impl Form {
    fn declare(&mut self, declaration: InputDeclaration) -> Result<(), String> {
        if !self.names.insert(declaration.name.clone()) {
            return Err(format!(
                "another input of the form (node {}) has this name; give each its own",
                self.node
            ));
        }
        self.declaration_bytes += declaration.encoded_bytes();
        if self.declaration_bytes > FORM_DECLARATION_BYTES_MAX {
            return Err(format!(
                "the inputs of the form (node {}) take more than {} bytes to declare; use fewer \
                 or shorter option values, or several forms",
                self.node,
                grouped(FORM_DECLARATION_BYTES_MAX as u64),
            ));
        }
        self.inputs.push(declaration);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
