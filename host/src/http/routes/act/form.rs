//! What a plain form sends: its offer, its inputs, and where it has a field for
//! them, pictures, which are taken in before the action is handled.

use super::Request;
use crate::app::Card;
use crate::http::limits::{Client, Rate};
use crate::http::multipart::Parts;
use crate::identity::{IdempotencyKey, Inputs, ReaderId, derive_anonymous};
use crate::service::ServiceError;
use crate::service::media::{UploadRequest, upload};
use crate::service::view::Wanted;
use crate::store::media_id;
use axum::body::Bytes;

/// A form, as it was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    /// The pressed button's own value.
    pub(super) offer: String,
    pub(super) inputs: Inputs,
    files: Vec<(String, Bytes)>,
}

impl Form {
    /// One without files.
    pub(super) fn read(body: &[u8]) -> Form {
        let fields = form_urlencoded::parse(body);
        Form::of(fields.map(|(name, value)| (name.into_owned(), value.into_owned())))
    }

    /// One that may have files.
    pub(super) fn of_parts(parts: Parts) -> Form {
        Form {
            files: parts.files,
            ..Form::of(parts.fields)
        }
    }

    fn of(fields: impl IntoIterator<Item = (String, String)>) -> Form {
        let mut form = Form::default();
        for (name, value) in fields {
            if name == "_offer" {
                form.offer = value;
            } else {
                form.inputs.entry(name).or_default().push(value);
            }
        }
        form
    }

    /// What tells it from another: a file stands for itself by its hash, since
    /// what it becomes depends on whose it is.
    pub(super) fn as_sent(&self) -> Inputs {
        let mut inputs = self.inputs.clone();
        for (name, file) in &self.files {
            inputs.entry(name.clone()).or_default().push(media_id(file));
        }
        inputs
    }
}

/// What became of a form's files, also where not all of them are good.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The form's inputs, and the pictures among them.
    pub(super) inputs: Inputs,
    /// Whose the pictures are, if that is somebody new.
    pub(super) newcomer: Option<ReaderId>,
}

/// Takes the files of a form in, and puts what they became among its inputs.
pub(super) async fn take_in(
    request: &Request<'_>,
    card: &Card,
    wanted: &Wanted,
    key: &IdempotencyKey,
    form: Form,
    taken: &mut Taken,
) -> Result<(), ServiceError> {
    let app = &request.shared.app;
    for (input, file) in form.files {
        let client = match &wanted.reader {
            Some(reader) => Client::Reader(reader.clone()),
            None => Client::Network(request.network()),
        };
        request.check(Rate::Uploads, &client)?;
        let upload_request = UploadRequest {
            wanted: wanted.clone(),
            newcomer: derive_anonymous(&app.keys, &card.slug, key),
            offer: form.offer.clone().into(),
            input: input.clone(),
            file,
        };
        let admission = || request.admit_newcomer();
        let uploaded = upload(app, card, upload_request, &admission).await?;
        taken.inputs.entry(input).or_default().push(uploaded.id);
        if wanted.reader.is_none() {
            taken.newcomer = Some(uploaded.reader);
        }
    }
    Ok(())
}
