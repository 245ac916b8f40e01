//! A Rust source as a list of the paths that it names, read from its tokens.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Keywords that a path may follow, such as the `use` of `use ::sled`, and that
/// are no part of it.
const BEFORE_A_PATH: [&str; 16] = [
    "as", "const", "dyn", "else", "for", "if", "impl", "in", "match", "move", "mut", "pub",
    "return", "unsafe", "use", "where",
];

/// One file of the host.
pub(crate) struct Source {
    /// Its module path: `["store", "keys"]` for `store/keys.rs`.
    pub(crate) module: Vec<String>,
    /// Every path in it, in order, the ones in groups spelt out.
    pub(crate) paths: Vec<UsedPath>,
}

/// A path as it is named somewhere: `crate::store::Key`. A word by itself is a
/// path of one segment, keywords included. A path that begins with `super` and
/// leaves its file begins with `crate` here.
pub(crate) struct UsedPath {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

impl Source {
    /// Reads the file `name`, relative to the sources' root.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, String> {
        let module: Vec<String> = name
            .trim_end_matches(".rs")
            .trim_end_matches("/mod")
            .split('/')
            .map(str::to_owned)
            .collect();
        let tokens = TokenStream::from_str(text).map_err(|_| "is not Rust".to_owned())?;
        let mut paths = Vec::new();
        read(tokens, &module, &mut paths);
        Ok(Self { module, paths })
    }
}

impl UsedPath {
    /// The host's module that the path leads to, if it begins with `crate`.
    pub(crate) fn module_of_crate(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [root, module, ..] if root == "crate" => Some(module),
            _ => None,
        }
    }

    pub(crate) fn starts_with(&self, prefix: &[&str]) -> bool {
        self.segments.len() >= prefix.len() && self.segments.iter().zip(prefix).all(|(a, b)| a == b)
    }
}

/// Reads tokens that stand in the module `module`.
fn read(tokens: TokenStream, module: &[String], paths: &mut Vec<UsedPath>) {
    let mut tokens = Cursor::new(tokens);
    let mut before: Option<String> = None;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) => {
                let word = ident.to_string();
                // `mod tests { … }`: what is in there is one module further down.
                if before.as_deref() == Some("mod")
                    && let Some(body) = tokens.group(Delimiter::Brace)
                {
                    let inner = [module, std::slice::from_ref(&word)].concat();
                    read(body.stream(), &inner, paths);
                } else {
                    let line = ident.span().start().line;
                    let segments = vec![word.clone()];
                    if BEFORE_A_PATH.contains(&word.as_str()) {
                        paths.push(UsedPath { segments, line });
                    } else {
                        read_path(segments, line, &mut tokens, module, paths);
                    }
                }
                before = Some(word);
            }
            TokenTree::Group(group) => {
                read(group.stream(), module, paths);
                before = None;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => before = None,
        }
    }
}

/// Reads what follows the first segments of a path, and adds it.
fn read_path(
    mut segments: Vec<String>,
    line: usize,
    tokens: &mut Cursor,
    module: &[String],
    paths: &mut Vec<UsedPath>,
) {
    while tokens.colons() {
        if let Some(TokenTree::Ident(ident)) = tokens.peek() {
            segments.push(ident.to_string());
            tokens.next();
        } else if let Some(group) = tokens.group(Delimiter::Brace) {
            read_branches(&segments, &group, module, paths);
            return;
        } else {
            // `::<T>` or `::*`
            break;
        }
    }
    let segments = resolved(segments, module);
    paths.push(UsedPath { segments, line });
}

/// Reads the branches of `prefix::{a, b::c, d as e}`.
fn read_branches(prefix: &[String], group: &Group, module: &[String], paths: &mut Vec<UsedPath>) {
    let mut tokens = Cursor::new(group.stream());
    let mut at_start = true;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if at_start => {
                let mut segments = prefix.to_vec();
                segments.push(ident.to_string());
                let line = ident.span().start().line;
                read_path(segments, line, &mut tokens, module, paths);
                at_start = false;
            }
            TokenTree::Punct(punct) => at_start = punct.as_char() == ',',
            _ => {}
        }
    }
}

/// Replaces leading `super`s by `crate` and the modules that remain.
fn resolved(segments: Vec<String>, module: &[String]) -> Vec<String> {
    let supers = segments.iter().take_while(|word| *word == "super").count();
    if supers == 0 {
        return segments;
    }
    let remaining = module.len().saturating_sub(supers);
    let mut path = vec!["crate".to_owned()];
    path.extend_from_slice(&module[..remaining]);
    path.extend_from_slice(&segments[supers..]);
    path
}

/// Tokens with a look ahead.
struct Cursor {
    tokens: std::iter::Peekable<proc_macro2::token_stream::IntoIter>,
}

impl Cursor {
    fn new(tokens: TokenStream) -> Self {
        Self {
            tokens: tokens.into_iter().peekable(),
        }
    }

    fn next(&mut self) -> Option<TokenTree> {
        self.tokens.next()
    }

    fn peek(&mut self) -> Option<&TokenTree> {
        self.tokens.peek()
    }

    /// Takes the next token if it is a group of that kind.
    fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        let next = self.tokens.next_if(
            |token| matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter),
        );
        match next {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        }
    }

    /// Takes a `::` if one is next. A single `:` is taken too: a path that ends
    /// before one, as in `name: Type`, goes on with neither word nor group.
    fn colons(&mut self) -> bool {
        let is_colon =
            |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ':');
        self.tokens.next_if(is_colon).is_some() && self.tokens.next_if(is_colon).is_some()
    }
}
