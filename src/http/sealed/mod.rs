//! A vault that was started sealed: it answers nothing but its health, and takes shares of its keyring.
//!
//! It sees shares on their way into the keyring, and no other key. Shares are kept in memory only, and wiped when there
//! are enough, when none of their set came for a quarter of an hour, and when the server stops. The buffers of TLS and
//! of the body cannot all be wiped. It writes no leaf, because nothing of the log can be written yet; the start that
//! follows does.

mod answer;
mod page;
mod waiting;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::handler::HandlerWithoutStateExt as _;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};

use self::waiting::Waiting;
use super::authenticate;
use super::connections::Bounded;
use super::server::{ServeConfig, ServeError, reloading};
use super::tls;
use crate::vault::keyring::{Keyring, LockedKeyring};

/// How long answers under way may take once the vault is unsealed or stopped.
const GRACE: Duration = Duration::from_secs(3);
/// How often it is looked whether shares have waited too long.
const LOOK: Duration = Duration::from_secs(5);

/// Answers until there are enough shares, and gives the keyring that they open; or until `stop` is done, and gives
/// none. Connections that come meanwhile wait for whoever listens next.
pub async fn serve_sealed_until(
    locked: LockedKeyring,
    listener: &TcpListener,
    config: &ServeConfig,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<Option<Keyring>, ServeError> {
    let failed = |error: std::io::Error| ServeError::Listen(error.kind());
    let tls = tls::server_config(&config.certificate, &config.key, config.tls_1_2)?;
    let tls = RustlsConfig::from_config(Arc::new(tls));
    let header = Duration::from_secs(config.limits.header_s);
    let own = listener.try_clone().map_err(failed)?;
    let address = own.local_addr().map_err(failed)?;

    let waiting = Arc::new(Waiting::new(locked));
    let handle = Handle::new();
    let answering = Arc::clone(&waiting);
    let answer = move |request: Request| {
        let waiting = Arc::clone(&answering);
        async move {
            let (parts, body) = request.into_parts();
            let from = authenticate::address(&parts);
            answer::answer(&waiting, from, Request::from_parts(parts, body)).await
        }
    };
    // There is no address for machines, and nobody to tell when the certificate ends.
    let reloading = reloading(config, tls.clone(), None, |_| {})?;
    let watched = (Arc::clone(&waiting), handle.clone());
    let watching = tokio::spawn(async move {
        let (waiting, handle) = watched;
        tokio::pin!(stop);
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = waiting.unsealed() => break,
                _ = tick.tick() => waiting.forget_if_late(),
            }
        }
        handle.graceful_shutdown(Some(GRACE));
    });
    let mut server = axum_server::from_tcp(own)
        .map_err(failed)?
        .acceptor(Bounded::sealed(
            RustlsAcceptor::new(tls).handshake_timeout(header),
            config.proxies.clone(),
            config.limits.clone(),
        ))
        .handle(handle);
    server.http_builder().http1().header_read_timeout(header);
    server.http_builder().http2().max_concurrent_streams(8);
    ready(address);
    let served = server.serve(answer.into_make_service()).await;
    watching.abort();
    if let Some(reloading) = reloading {
        reloading.abort();
    }
    served.map_err(failed)?;
    Ok(waiting.take_keyring())
}
