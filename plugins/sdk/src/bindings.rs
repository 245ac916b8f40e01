//! What `wit-bindgen` makes of `wit/v1`, and nothing else.
//!
//! Several worlds, so that a card exports what it has and no more: the imports
//! and shared types once, then one world for each export. The linker joins them
//! again to the contract's `static-plugin`, `interactive-plugin` or
//! `full-plugin`.

/// Everything a plugin may import, and the shared types.
pub mod imports {
    wit_bindgen::generate!({
        world: "capabilities",
        path: "../../wit/v1",
        additional_derives: [PartialEq],
        generate_unused_types: true,
    });
}

/// The export `card`, and the view tree.
pub mod card {
    wit_bindgen::generate!({
        inline: "
            package quanka:sdk-card;
            world card-export { export quanka:card/card@1.0.0; }
        ",
        path: "../../wit/v1",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_card",
        default_bindings_module: "quanka_card::bindings::card",
        with: {
            "quanka:card/types@1.0.0": crate::bindings::imports::quanka::card::types,
            "quanka:card/view@1.0.0": generate,
        },
    });
}

/// The export `actions`.
pub mod actions {
    wit_bindgen::generate!({
        inline: "
            package quanka:sdk-actions;
            world actions-export { export quanka:card/actions@1.0.0; }
        ",
        path: "../../wit/v1",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_actions",
        default_bindings_module: "quanka_card::bindings::actions",
        with: {
            "quanka:card/types@1.0.0": crate::bindings::imports::quanka::card::types,
        },
    });
}

/// The export `jobs`.
pub mod jobs {
    wit_bindgen::generate!({
        inline: "
            package quanka:sdk-jobs;
            world jobs-export { export quanka:card/jobs@1.0.0; }
        ",
        path: "../../wit/v1",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_jobs",
        default_bindings_module: "quanka_card::bindings::jobs",
        with: {
            "quanka:card/types@1.0.0": crate::bindings::imports::quanka::card::types,
        },
    });
}

/// The export `lifecycle`.
pub mod lifecycle {
    wit_bindgen::generate!({
        inline: "
            package quanka:sdk-lifecycle;
            world lifecycle-export { export quanka:card/lifecycle@1.0.0; }
        ",
        path: "../../wit/v1",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_lifecycle",
        default_bindings_module: "quanka_card::bindings::lifecycle",
        with: {
            "quanka:card/types@1.0.0": crate::bindings::imports::quanka::card::types,
        },
    });
}
