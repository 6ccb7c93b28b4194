/**
 * Network errors by code, or by message for tools that give no code, each with a hint. Errors that are not in the table
 * are still reported, with the general hint.
 */
import { codeOf } from "../../runner/errors.ts";

export interface NetworkProblem {
  readonly kind: "name" | "closed" | "lost" | "slow" | "certificate" | "proxy" | "route" | "unreadable";
  readonly hint: string;
}

interface Entry extends NetworkProblem {
  readonly codes: readonly string[];
  /** Matches the messages of tools that give no code. */
  readonly words: RegExp;
}

const NETWORK_PROBLEMS: readonly Entry[] = [
  {
    kind: "certificate",
    codes: [
      ...["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_UNTRUSTED", "CERT_REVOKED", "DEPTH_ZERO_SELF_SIGNED_CERT"],
      ...["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT"],
      ...[
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "EPROTO",
        "ERR_SSL_WRONG_VERSION_NUMBER",
      ],
      ...["ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_TLS_HANDSHAKE_TIMEOUT", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"],
    ],
    words:
      /CERTIFICATE_VERIFY_FAILED|certificate (?:verify|has expired)|self.signed cert|unable to (?:get|verify).*certificate|SSLError|wrong version number|\bTLS\b/i,
    hint: "The TLS certificate is not trusted. Behind a company proxy, set NODE_EXTRA_CA_CERTS (for `az`: REQUESTS_CA_BUNDLE) to its root certificate; otherwise check the clock of this machine and the address.",
  },
  {
    kind: "proxy",
    codes: ["ERR_PROXY_TUNNEL", "ERR_PROXY_INVALID_CONFIG"],
    words: /ProxyError|proxy authentication|tunneling socket|\bHTTP 407\b/i,
    hint: "The proxy rejected the request: check HTTPS_PROXY and NO_PROXY.",
  },
  {
    kind: "name",
    codes: ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "ENODATA", "ESERVFAIL", "EINSTLOOKUP"],
    words:
      /getaddrinfo|NameResolutionError|Name or service not known|Temporary failure in name resolution|endpoints_resolution_error/i,
    hint: "The host name cannot be resolved: check its spelling, the network and the DNS server; a private endpoint resolves only inside its network.",
  },
  {
    kind: "slow",
    codes: ["ETIMEDOUT", "ETIMEOUT", "ESOCKETTIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"],
    words: /timed out|no answer (?:in time|for)|ConnectTimeout|ReadTimeout/i,
    hint: "The connection timed out: check whether a firewall or a private endpoint blocks this machine.",
  },
  {
    kind: "closed",
    codes: ["ECONNREFUSED"],
    words: /connection refused|ECONNREFUSED/i,
    hint: "Nothing is listening at this address: check the address and the port, and whether HTTPS_PROXY points to a proxy that no longer exists.",
  },
  {
    kind: "route",
    codes: ["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL"],
    words: /network is unreachable|no route to host/i,
    hint: "There is no route to this address: check the network of this machine.",
  },
  {
    kind: "lost",
    codes: [
      "ECONNRESET",
      "ECONNABORTED",
      "EPIPE",
      "ESOCKET",
      "ECLOSE",
      "ECONNCLOSED",
      "UND_ERR_SOCKET",
      "ERR_STREAM_PREMATURE_CLOSE",
    ],
    words: /network_error|socket hang up|connection (?:broke|aborted|reset)|Max retries exceeded|ConnectionError/i,
    hint: "The connection was closed: check whether a proxy or a firewall closes it, then try again.",
  },
  {
    kind: "unreadable",
    codes: ["PARSE_ERROR"],
    words: /is not? (?:valid )?(?:JSON|XML)|is no (?:JSON|XML)/i,
    hint: "The response is not from the service but, for example, from a proxy or the sign-in page of a network: open the address in a browser.",
  },
];

/** The network error behind an error; undefined for other errors. */
export function networkProblemIn(error: unknown, text = ""): NetworkProblem | undefined {
  const code = codeOf(error);
  return (
    NETWORK_PROBLEMS.find(({ codes }) => code !== undefined && codes.includes(code)) ??
    NETWORK_PROBLEMS.find(({ words }) => words.test(text))
  );
}

export function isNetworkCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** All codes of the table, for tests. */
export const NETWORK_CODES: readonly string[] = NETWORK_PROBLEMS.flatMap(({ codes }) => codes);
