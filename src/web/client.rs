//! Who is at the other end, and under which address they see us. What a request claims about that in forwarded headers counts
//! only as far as proxies of ours have written it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HOST;

use super::Settings;

/// The address of the client: the peer of the connection or, behind `TRUSTED_PROXIES` proxies, what the outermost of them noted
/// in `X-Forwarded-For`. Each proxy adds whom it was called by at the end, so what a client makes up itself stands further left.
pub fn address(req: &HttpRequest, settings: &Settings) -> IpAddr {
    let peer = req.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let Some(hops_before) = settings.trusted_proxies.checked_sub(1) else { return peer };
    let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.iter().rev().nth(hops_before.into()).and_then(|hop| without_port(hop)).unwrap_or(peer)
}

/// Some proxies note the port as well.
fn without_port(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse().ok().map(|address: SocketAddr| address.ip()))
}

/// The network that an address is counted with: a household or an office has a whole /64 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Whether `origin`, as a browser says it of a request, is that of our own pages: the public address, where one is set, else
/// the host that the request was sent to.
pub fn is_own_origin(req: &HttpRequest, settings: &Settings, origin: &str) -> bool {
    match &settings.public_origin {
        Some(own) => origin.eq_ignore_ascii_case(own),
        None => {
            let host = req.headers().get(HOST).and_then(|host| host.to_str().ok());
            origin.split_once("://").map(|(_, host)| host) == host
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::domain::document::ScanResult;
    use crate::web::cookies::Cookies;

    fn behind(trusted_proxies: u8) -> Settings {
        Settings {
            production: false,
            new_content: ScanResult::Clean,
            help_desk: String::new(),
            secret: Vec::new(),
            cookies: Cookies::new(&[7; 64], false),
            public_origin: None,
            trusted_proxies,
        }
    }

    fn address_of(forwarded: &[&str], trusted_proxies: u8) -> String {
        let mut request = TestRequest::default().peer_addr(([10, 0, 0, 9], 4711).into());
        for value in forwarded {
            request = request.append_header(("x-forwarded-for", *value));
        }
        address(&request.to_http_request(), &behind(trusted_proxies)).to_string()
    }

    #[test]
    fn only_what_proxies_of_ours_noted_counts_as_the_address_of_a_client() {
        assert_eq!(address_of(&["192.0.2.1"], 0), "10.0.0.9");
        assert_eq!(address_of(&["192.0.2.1"], 1), "192.0.2.1");
        assert_eq!(address_of(&["203.0.113.5, 192.0.2.1"], 1), "192.0.2.1", "the left one is the client's own");
        assert_eq!(address_of(&["203.0.113.5", "192.0.2.1, 10.0.0.2"], 2), "192.0.2.1");
        assert_eq!(address_of(&["2001:db8::1"], 1), "2001:db8::1");
        assert_eq!(address_of(&["192.0.2.1:5000"], 1), "192.0.2.1");
        assert_eq!(address_of(&["unknown"], 1), "10.0.0.9");
        assert_eq!(address_of(&[], 1), "10.0.0.9");
    }

    #[test]
    fn the_origin_of_our_own_pages_is_the_public_address_or_the_host_asked() {
        let request = TestRequest::default().insert_header(("host", "127.0.0.1:8080"));
        let request = request.insert_header(("x-forwarded-host", "elsewhere.example")).to_http_request();
        let mut settings = behind(0);
        assert!(is_own_origin(&request, &settings, "http://127.0.0.1:8080"));
        assert!(!is_own_origin(&request, &settings, "http://elsewhere.example"));
        assert!(!is_own_origin(&request, &settings, "null"));
        settings.public_origin = Some("https://mc-review.example.gov".to_owned());
        assert!(is_own_origin(&request, &settings, "https://mc-review.example.gov"));
        assert!(!is_own_origin(&request, &settings, "http://mc-review.example.gov"));
        assert!(!is_own_origin(&request, &settings, "http://127.0.0.1:8080"));
    }

    #[test]
    fn the_addresses_of_a_network_count_as_one() {
        let counted = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(counted("192.0.2.7"), "192.0.2.7");
        assert_eq!(counted("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
