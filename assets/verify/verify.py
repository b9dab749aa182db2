#!/usr/bin/env python3
"""Checks an exported Dapilgate log with nothing but Python 3.8 and this file.

    python3 verify.py [FOLDER] [--labels N|all] [DGK1...]

FOLDER (default: where this file lies) holds log.jsonl and ledger.json. Each DGK1... is a
checkpoint that was scanned or typed from paper. It was written apart from the program that
wrote the log, from the description in index.html. Exit status: 0 in order, 1 not in order.
"""
import hashlib
import json
import os
import sys

# Ed25519, RFC 8032 section 5.1 and 6: verification only, slow and plain.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def x_of(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(b):
    n = int.from_bytes(b, "little")
    y, sign = n & ((1 << 255) - 1), n >> 255
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def signed(key, text, sig):
    """Whether sig (64 bytes) is the signature of text (bytes) by the public key."""
    a, r, s = point(key), point(sig[:32]), int.from_bytes(sig[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + text).digest(), "little") % L
    p, q = times(s, BASE), add(r, times(h, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def unbase32(s):
    n = 0
    for c in s:
        n = n << 5 | CROCKFORD.index(c)
    return (n >> (len(s) * 5 % 8)).to_bytes(len(s) * 5 // 8, "big")


faults = []


def fault(text):
    faults.append(text)
    if len(faults) <= 50:
        print("FAULT", text)


def read_chains(lines, ledger):
    """Recomputes every hash; returns the chains: dock -> list of (hash, at)."""
    chains = {}
    for e in lines:
        dock, seq = e["dock"], e["seq"]
        where = "dock %d, event %d (%s)" % (dock, seq, e["at"])
        chain = chains.setdefault(dock, [])
        if chain:
            prev = chain[-1][0]
        else:
            prev = hashlib.sha256(("dapilgate\n%s\n%d" % (ledger, dock)).encode()).hexdigest()
        if seq != len(chain) + 1:
            fault("%s: event %d was expected here" % (where, len(chain) + 1))
        if e["prev"] != prev:
            fault("%s: it does not continue the event before it" % where)
        text = "\n".join([e["prev"], str(dock), str(seq), e["id"], e["at"], e["actor"], e["kind"], e["payload"]])
        if hashlib.sha256(text.encode()).hexdigest() != e["hash"]:
            fault("%s: it was changed after it was written" % where)
        chain.append((e["hash"], e["at"]))
    return chains


def check_paper(text, ledger, seals, chains):
    """One checkpoint; the places of its fields are in index.html."""
    text = "".join(text.upper().split())
    if len(text) != 216 or text[:4] != "DGK1":
        return fault("not a whole checkpoint: %s..." % text[:24])
    dock, seq = int(text[24:27]), int(text[27:37])
    where = "checkpoint of dock %d, event %d (%s)" % (dock, seq, text[37:51])
    key = seals.get(text[103:111])
    if unbase32(text[4:24]).hex() != ledger:
        fault("%s: it is of another ledger" % where)
    elif key is None or not signed(key, text[:111].encode(), unbase32(text[111:214])):
        fault("%s: not signed by a key of this log" % where)
    elif seq > len(chains.get(dock, [])):
        fault("%s: the log ends at event %d; it was cut short" % (where, len(chains.get(dock, []))))
    elif chains[dock][seq - 1][0] != unbase32(text[51:103]).hex():
        fault("%s: the log has another event there; it was rewritten" % where)
    else:
        print("agrees:", where)


# What a load must be before each of its events, and is after it; None: there is none yet.
LIFE = {"load_opened": (None, "open"), "load_counted": ("open", "open"), "load_taken_over": ("open", "open"),
        "load_reassigned": ("open", "open"), "load_closed": ("open", "closed"), "load_reopened": ("closed", "open"),
        "load_departed": ("closed", "departed"), "load_returned": ("departed", "closed")}


def check_law(lines, key, labels):
    """Boxes: only on an open truck of their own district, in one load, and signed."""
    on, district, state, operator, held, checked = {}, {}, {}, {}, {}, 0
    two = json.loads(lines[0]["payload"])["event"]["policy"]["two_person_close"]
    for e in lines:
        p = json.loads(e["payload"])
        where, kind = "dock %d, event %d" % (e["dock"], e["seq"]), e["kind"]
        if kind in LIFE:
            was, state[p["load"]] = state.get(p["load"]), LIFE[kind][1]
            if was != LIFE[kind][0]:
                fault("%s: %s of a load that is %s" % (where, kind, was))
        if kind in ("load_opened", "load_taken_over"):
            operator[p["load"]] = e["actor"]
        if kind in ("load_reopened", "load_returned") and not p["reason"]:
            fault("%s: %s without a reason" % (where, kind))
        if kind == "load_counted" and p["counter"] == operator.get(p["load"]):
            fault("%s: %s counted their own load" % (where, p["counter"]))
        if kind == "load_closed":
            if two and (not p.get("counter") or p.get("second") != p["counter"] or p["second"] == e["actor"]):
                fault("%s: the load was closed by one person" % where)
            if "short" in p and sum(s["boxes"] for s in p["short"]) != p["expected"] - p["count"]:
                fault("%s: boxes are missing that nobody accepted" % where)
            if p["count"] != held.get(p["load"], 0):
                fault("%s: the load was closed with another number of boxes than it has" % where)
        if kind in ("load_opened", "load_reassigned"):
            if kind == "load_reassigned" and p["district"] != district.get(p["load"]) and held.get(p["load"]):
                fault("%s: a load with boxes got another district" % where)
            district[p["load"]] = p["district"]
        elif kind == "box_unloaded":
            if on.pop(p["box"], None) is not None:
                held[p["load"]] -= 1
            if state.get(p["load"]) != "open":
                fault("%s: %s left a load that is %s" % (where, p["box"], state.get(p["load"])))
        elif kind == "scanned" and p["verdict"] == "accepted":
            if p["box_district"] != district.get(p["load"]):
                fault("%s: %s of %s was accepted on a truck of %s" % (where, p["box"], p["box_district"], district.get(p["load"])))
            if state.get(p["load"]) != "open":
                fault("%s: %s was accepted into a load that is %s" % (where, p["box"], state.get(p["load"])))
            if p["box"] in on:
                fault("%s: %s was on another truck already" % (where, p["box"]))
            on[p["box"]], held[p["load"]] = p["load"], held.get(p["load"], 0) + 1
            if checked < labels:
                checked += 1
                t = p["text"]
                if not signed(key, t[:33].encode(), unbase32(t[33:136])):
                    fault("%s: the label of %s is not signed by the event's key" % (where, p["box"]))
    print("%d boxes are in loads; %d label signatures looked at" % (len(on), checked))


def main(args):
    labels, folder, papers = 200, os.path.dirname(os.path.abspath(__file__)), []
    while args:
        a = args.pop(0)
        if a == "--labels":
            n = args.pop(0)
            labels = sys.maxsize if n == "all" else int(n)
        elif a.upper().startswith("DGK1"):
            papers.append(a)
        else:
            folder = a
    with open(os.path.join(folder, "log.jsonl"), encoding="utf-8", newline="\n") as f:
        lines = [json.loads(line) for line in f]
    with open(os.path.join(folder, "ledger.json"), encoding="utf-8") as f:
        about = json.load(f)
    if not lines or lines[0]["kind"] != "ledger_created":
        fault("the log does not begin with the creation of its ledger")
        return 1
    first = json.loads(lines[0]["payload"])
    seals = {}
    for e in lines:
        if e["kind"] == "seal_added":
            p = json.loads(e["payload"])
            seals[p["key"]] = bytes.fromhex(p["public_key"])
    chains = read_chains(lines, first["ledger"])
    if about["ledger"] != first["ledger"] or about["public_key"] != first["public_key"]:
        fault("ledger.json names another ledger or key than the log")
    for text in about["checkpoints"] + papers:
        check_paper(text, first["ledger"], seals, chains)
    check_law(lines, bytes.fromhex(first["public_key"]), labels)
    for dock in sorted(chains):
        print("chain %d  event %d  %s" % (dock, len(chains[dock]), chains[dock][-1][0]))
    print("%d events, %d faults" % (len(lines), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ValueError, KeyError, TypeError, IndexError, OSError) as e:
        sys.exit("FAULT not readable: %r" % e)
