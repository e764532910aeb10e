"""What ICE and DTLS did on a flow, ours against the recorder's: exact, but for times (10 us)."""

TIME_BOUND_MS = 0.01
VERSIONS = {"0xfeff": "DTLS 1.0", "0xfefd": "DTLS 1.2", "0xfefc": "DTLS 1.3"}
PROFILES = {1: "SRTP_AES128_CM_HMAC_SHA1_80", 2: "SRTP_AES128_CM_HMAC_SHA1_32", 5: "SRTP_NULL_HMAC_SHA1_80",
            6: "SRTP_NULL_HMAC_SHA1_32", 7: "SRTP_AEAD_AES_128_GCM", 8: "SRTP_AEAD_AES_256_GCM"}
SIDES = {"server-host": "server", "client-host": "client"}


def near(ours, truth):
    return ours is not None and abs(ours - truth) <= TIME_BOUND_MS


def compare_ice(check, label, truth, ours):
    """Counts of checks by sender, nominations, ufrags, and the round trips of the server's checks."""
    stun = truth.get("stun")
    if not stun or "requests_from_client" not in stun:
        return
    for name, field in (("requests_from_client", "ice_checks_up"), ("requests_from_server", "ice_checks_down"),
                        ("use_candidate", "ice_nominations")):
        check.expect(ours[field] == stun[name], f"{label}: {field} {ours[field]}, truth {stun[name]}")
    errors = sum(stun["errors"].values()) if isinstance(stun["errors"], dict) else len(stun["errors"])
    if truth["encap"] != "udp" or truth["streams"]:  # the errors of a TURN client's own flow are not those of checks
        check.expect(ours["ice_errors"] == errors, f"{label}: ice_errors {ours['ice_errors']}, truth {errors}")
    names = {tuple(name["username"].split(":")[:: 1 if name["dir"] == "up" else -1]) for name in stun["usernames"]}
    if len(names) == 1:
        found = (ours["server_ufrag"], ours["client_ufrag"])
        check.expect(found == next(iter(names)), f"{label}: ufrags {found}, truth {names}")
    trips = stun["rtt_ms_server_to_client_checks"]
    if trips:
        check.expect(near(ours["ice_round_trip_mean_ms"], trips["mean"]),
                     f"{label}: ice_round_trip_mean_ms {ours['ice_round_trip_mean_ms']}, truth {trips['mean']}")
    if truth["janus"] and truth["streams"] and ours["ice_integrity"] != "unknown":
        check.expect(ours["ice_integrity"] == "verified", f"{label}: ice_integrity {ours['ice_integrity']}")


def compare_dtls(check, label, truth, ours):
    dtls = truth.get("dtls")
    if not dtls or "client_hello" not in dtls:
        return
    hello, answer = dtls["client_hello"], dtls.get("server_hello")
    wanted = {"dtls_client": SIDES[hello["from"]],
              "offered_srtp_profiles": [PROFILES.get(profile) for profile in hello["use_srtp"]],
              "dtls_version": VERSIONS.get(dtls["version"], ""), "srtp_profile": dtls["srtp_profile"] or "",
              "data_packets_up": dtls["appdata_records"]["up"], "data_packets_down": dtls["appdata_records"]["down"]}
    for field, want in wanted.items():
        check.expect(ours[field] == want, f"{label}: {field} {ours[field]}, truth {want}")
    # The truth counts records: a ClientHello in pieces is several.
    hellos, records = ours["dtls_client_hellos"], dtls["client_hello_records"]
    whole = ours["dtls_fragmented_messages"] == 0
    check.expect(hellos == records if whole else 0 < hellos <= records,
                 f"{label}: {hellos} ClientHello, truth {records} records")
    offered = len(ours["dtls_offered_ciphers"])
    check.expect(offered == len(hello["ciphers"]), f"{label}: {offered} ciphers offered, truth {len(hello['ciphers'])}")
    if answer and hello["ciphers"].count(answer["cipher"]) == 1 and offered == len(hello["ciphers"]):
        want = ours["dtls_offered_ciphers"][hello["ciphers"].index(answer["cipher"])]
        check.expect(ours["dtls_cipher"] == want, f"{label}: dtls_cipher {ours['dtls_cipher']}, truth {want}")
    if dtls["handshake_ms"] is not None:
        # Where flights were sent again, the truth ends with the last copy, ours when both had shown their keys.
        again = ours["dtls_repeated_messages"] != 0 and (ours["dtls_handshake_ms"] or 1e9) < dtls["handshake_ms"]
        check.expect(again or near(ours["dtls_handshake_ms"], dtls["handshake_ms"]),
                     f"{label}: dtls_handshake_ms {ours['dtls_handshake_ms']}, truth {dtls['handshake_ms']}")
    check.expect(bool(ours["dtls_alert"]) == bool(dtls["plain_alerts"]), f"{label}: dtls_alert {ours['dtls_alert']!r}")
    if truth["janus"]:
        for side in dtls["cert_visible_from"]:
            found = ours["fingerprint_check_" + SIDES[side]]
            check.expect(found == "match", f"{label}: certificate of the {SIDES[side]}: {found}")
