//! What a reader can fill in. All of it stands inside a
//! [`form`](super::form); names are `[a-z][a-z0-9-]*`, each once in its form.
//! The host enforces every limit before the card hears of the action.

use super::{leaf_builder, wit};

/// A field of one line.
pub fn input(name: impl Into<String>, label: impl Into<String>) -> Input {
    Input(wit::Input {
        type_: wit::InputType::Text,
        name: name.into(),
        label: label.into(),
        placeholder: None,
        value: None,
        required: false,
        min: None,
        max: None,
    })
}

/// A field to type in. From [`input`].
#[derive(Clone, Debug, PartialEq)]
pub struct Input(wit::Input);

impl Input {
    /// Several lines of text.
    #[must_use]
    pub fn multiline(mut self) -> Self {
        self.0.type_ = wit::InputType::Multiline;
        self
    }

    /// A decimal number.
    #[must_use]
    pub fn number(mut self) -> Self {
        self.0.type_ = wit::InputType::Number;
        self
    }

    /// A date; arrives as `YYYY-MM-DD`.
    #[must_use]
    pub fn date(mut self) -> Self {
        self.0.type_ = wit::InputType::Date;
        self
    }

    /// It must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.0.required = true;
        self
    }

    /// An example, shown while it is empty.
    #[must_use]
    pub fn placeholder(mut self, text: impl Into<String>) -> Self {
        self.0.placeholder = Some(text.into());
        self
    }

    /// What stands in it at first.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`3` reads better than `&3`")]
    pub fn value(mut self, value: impl ToString) -> Self {
        self.0.value = Some(value.to_string());
        self
    }

    /// The least: characters of a text, the value of a number, the day of a
    /// date.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`3` reads better than `&3`")]
    pub fn min(mut self, min: impl ToString) -> Self {
        self.0.min = Some(min.to_string());
        self
    }

    /// The most, likewise. A text without it takes 2,000 characters.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "`3` reads better than `&3`")]
    pub fn max(mut self, max: impl ToString) -> Self {
        self.0.max = Some(max.to_string());
        self
    }
}

leaf_builder!(Input => Input);

/// One of a few options (or several, see [`Choice::up_to`]), below each other.
/// None need be chosen unless it is [`required`](Choice::required).
///
/// ```
/// # use quanka_card::prelude::*;
/// # let _: Element =
/// choice("book", "下个月读什么？").option("a", "三体").option("b", "边城").required().into()
/// # ;
/// ```
pub fn choice(name: impl Into<String>, label: impl Into<String>) -> Choice {
    Choice(wit::Choice {
        name: name.into(),
        label: label.into(),
        style: wit::ChoiceStyle::List,
        options: Vec::new(),
        many: false,
        min: 0,
        max: 1,
    })
}

/// One or several of a few options. From [`choice`].
#[derive(Clone, Debug, PartialEq)]
pub struct Choice(wit::Choice);

impl Choice {
    /// Adds an option: `value` (at most 128 bytes) is what arrives.
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, label: impl Into<String>) -> Self {
        let (value, label) = (value.into(), label.into());
        self.0.options.push(wit::ChoiceOption {
            value,
            label,
            selected: false,
        });
        self
    }

    /// Adds options, each a value and a label.
    #[must_use]
    pub fn options<V: Into<String>, L: Into<String>>(
        self,
        options: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        options
            .into_iter()
            .fold(self, |choice, (value, label)| choice.option(value, label))
    }

    /// Chooses an option at first, by its value; the option must already be
    /// there.
    #[must_use]
    pub fn selected(mut self, value: &str) -> Self {
        for option in self
            .0
            .options
            .iter_mut()
            .filter(|option| option.value == value)
        {
            option.selected = true;
        }
        self
    }

    /// Something must be chosen.
    #[must_use]
    pub fn required(self) -> Self {
        self.at_least(1)
    }

    /// Fewer may not be chosen.
    #[must_use]
    pub fn at_least(mut self, options: u32) -> Self {
        self.0.min = options;
        self
    }

    /// More may not be chosen; with more than one the reader may choose
    /// several.
    #[must_use]
    pub fn up_to(mut self, options: u32) -> Self {
        self.0.many = options > 1;
        self.0.max = options;
        self
    }

    /// Options beside each other.
    #[must_use]
    pub fn chips(mut self) -> Self {
        self.0.style = wit::ChoiceStyle::Chips;
        self
    }

    /// Options in a menu to open.
    #[must_use]
    pub fn menu(mut self) -> Self {
        self.0.style = wit::ChoiceStyle::Menu;
        self
    }
}

leaf_builder!(Choice => Choice);

/// On or off; off at first unless [`on`](Toggle::on).
pub fn toggle(name: impl Into<String>, label: impl Into<String>) -> Toggle {
    Toggle(wit::Toggle {
        name: name.into(),
        label: label.into(),
        value: false,
    })
}

/// On or off. From [`toggle`].
#[derive(Clone, Debug, PartialEq)]
pub struct Toggle(wit::Toggle);

impl Toggle {
    /// Whether it is on at first.
    #[must_use]
    pub fn on(mut self, is_on: bool) -> Self {
        self.0.value = is_on;
        self
    }
}

leaf_builder!(Toggle => Toggle);

/// A number of stars, out of 5 unless said otherwise.
pub fn rating(name: impl Into<String>, label: impl Into<String>) -> Rating {
    Rating(wit::Rating {
        name: name.into(),
        label: label.into(),
        max: 5,
        value: 0,
        required: false,
    })
}

/// A number of stars. From [`rating`].
#[derive(Clone, Debug, PartialEq)]
pub struct Rating(wit::Rating);

impl Rating {
    /// Out of how many: 2 to 10.
    #[must_use]
    pub fn out_of(mut self, stars: u8) -> Self {
        self.0.max = stars;
        self
    }

    /// How many at first; 0 is none.
    #[must_use]
    pub fn value(mut self, stars: u8) -> Self {
        self.0.value = stars;
        self
    }

    /// It must be given.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.0.required = true;
        self
    }
}

leaf_builder!(Rating => Rating);

/// One picture of the reader's, unless more are allowed.
///
/// ```
/// # use quanka_card::prelude::*;
/// # let _: Element =
/// form((upload("pictures", "照片").max(9), button("发布", offer("post"))))
/// # ;
/// ```
///
/// [`Action::values`](crate::Action::values) has, for each picture, what
/// [`Draft::picture`](crate::posts::Draft::picture) takes.
pub fn upload(name: impl Into<String>, label: impl Into<String>) -> Upload {
    Upload(wit::Upload {
        name: name.into(),
        label: label.into(),
        required: false,
        max: 1,
    })
}

/// Pictures of the reader's. From [`upload`].
#[derive(Clone, Debug, PartialEq)]
pub struct Upload(wit::Upload);

impl Upload {
    /// At most so many: 1 to 9.
    #[must_use]
    pub fn max(mut self, pictures: u8) -> Self {
        self.0.max = pictures;
        self
    }

    /// There must be one.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.0.required = true;
        self
    }
}

leaf_builder!(Upload => Upload);
