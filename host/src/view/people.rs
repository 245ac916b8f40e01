//! The people that a view names, as the host knows them: a plugin gives their
//! ids, the host their names and pictures.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sha2::{Digest, Sha256};

use super::words::Tongue;

/// How many colours there are for those without a picture; `card.css` has as
/// many.
const HUES: u8 = 12;

/// Who a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody with a name.
    Named {
        /// The name.
        name: String,
        /// The `https:` address of a picture.
        picture: Option<String>,
    },
    /// Nobody says what they are called.
    Anonymous,
    /// The reader, who has not done anything here yet.
    Oneself,
    /// Somebody whose data were erased.
    Erased,
}

/// A person, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they are called; never empty.
    pub name: String,
    /// The `https:` address of a picture.
    pub picture: Option<String>,
    /// What stands in the place of a picture: a letter or two.
    pub(super) initial: String,
    /// The colour it stands on, from 1.
    pub(super) hue: u8,
    /// Whether they were erased.
    pub(super) erased: bool,
}

impl Person {
    /// A member, in a locale.
    pub fn of(member: &str, who: Who, locale: &str) -> Person {
        Person::new(member, who, Tongue::of(locale))
    }

    pub(super) fn new(member: &str, who: Who, tongue: Tongue) -> Person {
        let digest = Sha256::digest(member);
        let who = match who {
            Who::Named { name, .. } if name.trim().is_empty() => Who::Anonymous,
            who => who,
        };
        let (name, picture) = match who {
            Who::Named {
                ref name,
                ref picture,
            } => (name.clone(), picture.clone()),
            Who::Anonymous => (pseudonym(&digest, tongue), None),
            Who::Oneself => (tongue.pick("你", "You").to_owned(), None),
            Who::Erased => (tongue.pick("已注销", "Deleted reader").to_owned(), None),
        };
        let initial = match who {
            Who::Anonymous => code(&digest)[..1].to_owned(),
            Who::Erased => "–".to_owned(),
            Who::Named { .. } | Who::Oneself => initial(&name),
        };
        Person {
            name,
            picture,
            initial,
            hue: digest[3] % HUES + 1,
            erased: who == Who::Erased,
        }
    }
}

/// The same for ever for one member, and friendlier than an id.
fn pseudonym(digest: &[u8], tongue: Tongue) -> String {
    format!("{} {}", tongue.pick("读者", "Reader"), code(digest))
}

/// Three letters and digits that nobody takes for one another, or reads as a
/// word: there are no vowels.
fn code(digest: &[u8]) -> String {
    const ALPHABET: &[u8] = b"23456789BCDFGHJKMNPQRSTVWXYZ";
    let letter = |&byte: &u8| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]);
    digest[..3].iter().map(letter).collect()
}

/// The first letter or character of a name.
fn initial(name: &str) -> String {
    let first = name.chars().find(|character| character.is_alphanumeric());
    match first.or_else(|| name.trim().chars().next()) {
        Some(character) => character.to_uppercase().collect(),
        None => "–".to_owned(),
    }
}

/// Everybody that a view names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct People(BTreeMap<String, Seen>);

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    /// The first node that names them.
    node: usize,
    person: Person,
}

impl People {
    /// Notes that a node names somebody; a stranger, until they are introduced.
    pub(super) fn meet(&mut self, member: &str, node: usize) {
        if let Entry::Vacant(entry) = self.0.entry(member.to_owned()) {
            let person = Person::new(member, Who::Anonymous, Tongue::English);
            entry.insert(Seen { node, person });
        }
    }

    /// Says who somebody is. Who is not named is nobody's to know.
    pub(super) fn introduce(&mut self, member: &str, who: Who, tongue: Tongue) {
        if let Some(seen) = self.0.get_mut(member) {
            seen.person = Person::new(member, who, tongue);
        }
    }

    pub(super) fn get(&self, member: &str) -> &Person {
        let seen = self.0.get(member);
        &seen.expect("the check noted everybody").person
    }

    /// Everybody, by member id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.0
            .iter()
            .map(|(member, seen)| (member.as_str(), &seen.person))
    }

    /// Everybody, with the first node that names them.
    pub(super) fn places(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0
            .iter()
            .map(|(member, seen)| (member.as_str(), seen.node))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// About how many bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        let bytes_of = |(member, seen): (&String, &Seen)| {
            let Person { name, picture, .. } = &seen.person;
            size_of::<Seen>() + member.len() + name.len() + picture.as_ref().map_or(0, String::len)
        };
        self.0.iter().map(bytes_of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Person, Who};
    use crate::view::words::Tongue;

    #[test]
    fn everybody_is_called_something() {
        let check = |who: Who, name: &str, initial: &str| {
            let person = Person::new("m_aN8fh2", who, Tongue::Chinese);
            assert_eq!(
                (person.name.as_str(), person.initial.as_str()),
                (name, initial)
            );
        };
        let named = |name: &str| Who::Named {
            name: name.to_owned(),
            picture: None,
        };
        check(named("阿南"), "阿南", "阿");
        check(named("“élan”"), "“élan”", "É");
        check(named("🐚"), "🐚", "🐚");
        check(named(" "), "读者 JZ2", "J");
        check(Who::Anonymous, "读者 JZ2", "J");
        check(Who::Oneself, "你", "你");
        check(Who::Erased, "已注销", "–");
    }

    #[test]
    fn a_stranger_stays_the_same_one() {
        let of = |member: &str| Person::new(member, Who::Anonymous, Tongue::English);
        assert_eq!(of("m_1"), of("m_1"));
        assert_ne!(of("m_1").name, of("m_2").name);
        let hues: std::collections::BTreeSet<u8> =
            (0..500).map(|member| of(&member.to_string()).hue).collect();
        assert_eq!(hues, (1..=super::HUES).collect());
    }
}
