//! `quanka:card/posts`.

use crate::contract::v1::posts::Host;
use crate::contract::v1::{posts, types};
use crate::sandbox::call::Call;
use crate::sandbox::fault::HostEnd;

fn not_yet<T>() -> wasmtime::Result<T> {
    Err(HostEnd::Argument("not in this build".to_owned()).into())
}

impl Host for Call {
    async fn publish(
        &mut self,
        _draft: posts::Draft,
    ) -> wasmtime::Result<Result<posts::Post, types::Error>> {
        not_yet()
    }

    async fn edit(
        &mut self,
        _id: String,
        _draft: posts::Draft,
    ) -> wasmtime::Result<Result<posts::Post, types::Error>> {
        not_yet()
    }

    async fn remove(
        &mut self,
        _id: String,
        _reason: Option<String>,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn get(&mut self, _id: String) -> wasmtime::Result<Option<posts::Post>> {
        not_yet()
    }

    async fn query(&mut self, _query: posts::PostQuery) -> wasmtime::Result<posts::PostPage> {
        not_yet()
    }

    async fn mine(
        &mut self,
        _kind: Option<posts::PostKind>,
        _tag: Option<String>,
        _after: Option<String>,
        _limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        not_yet()
    }

    async fn held(
        &mut self,
        _after: Option<String>,
        _limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        not_yet()
    }

    async fn replies(
        &mut self,
        _id: String,
        _after: Option<String>,
        _limit: u32,
    ) -> wasmtime::Result<posts::PostPage> {
        not_yet()
    }

    async fn history(&mut self, _id: String) -> wasmtime::Result<Vec<posts::Revision>> {
        not_yet()
    }

    async fn tags(&mut self, _limit: u32) -> wasmtime::Result<Vec<posts::TagCount>> {
        not_yet()
    }

    async fn react(
        &mut self,
        _id: String,
        _reaction: String,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        not_yet()
    }

    async fn unreact(
        &mut self,
        _id: String,
        _reaction: String,
    ) -> wasmtime::Result<Result<bool, types::Error>> {
        not_yet()
    }

    async fn my_reactions(&mut self, _ids: Vec<String>) -> wasmtime::Result<Vec<Vec<String>>> {
        not_yet()
    }

    async fn feature(
        &mut self,
        _id: String,
        _featured: bool,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn review(
        &mut self,
        _id: String,
        _verdict: posts::Verdict,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }
}
