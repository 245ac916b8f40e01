//! The card in the SDK host.
