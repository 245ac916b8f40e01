//! Who is looking.

use crate::{Reader, host};

/// The reader the card is drawn for. Asking while drawing makes the view
/// private to them; readers without a session share one view. In
/// [`Card::handle`](crate::Card::handle) the reader is in the context.
pub fn current() -> Reader {
    host::viewer_current()
}
