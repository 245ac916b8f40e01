//! `quanka:card/outbound`.

use super::effect_result;
use crate::community::jobs::Request;
use crate::community::outbox::{self, Reach};
use crate::config::Capability;
use crate::contract::v1::outbound::{self, Host, Method};
use crate::contract::v1::types::Error;
use crate::sandbox::call::Call;
use std::sync::Arc;

impl Host for Call {
    async fn send(
        &mut self,
        request: outbound::Request,
    ) -> wasmtime::Result<Result<String, Error>> {
        let headers = request.headers.iter();
        let bytes = request.url.len()
            + headers
                .map(|header| header.name.len() + header.value.len())
                .sum::<usize>()
            + request.body.as_ref().map_or(0, Vec::len)
            + request.payload.len();
        if let Err(error) = self.record_write(Capability::Outbound, bytes)? {
            return Ok(Err(error));
        }
        let delivery = self.new_delivery();
        let now_ms = self.visit.now_ms;
        let request = Request {
            method: method(request.method).to_owned(),
            url: request.url,
            headers: request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: request.body,
            payload: request.payload,
        };
        let grants = Arc::clone(self.grants());
        let (transaction, limits, asker) = self.effects();
        let reach = Reach {
            asked: grants.outbound(),
            allowed: &limits.outbox.hosts,
            loopback_http: limits.outbox.loopback_http,
        };
        let limits = &limits.outbox;
        let sent = outbox::send(
            transaction,
            limits,
            reach,
            asker,
            &delivery,
            request,
            now_ms,
        );
        effect_result(sent.await.map(|()| delivery))
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}
