"""E-mail addresses as keys: one person, one key, however the address was typed."""

import unicodedata

LONGEST = 254
_LOCAL_SIGNS = frozenset("!#$%&'*+/=?^_`{|}~-.")
_KEPT_BY_IDNA_2008 = "ßς"  # older rules turned these into other names, and mail for one person would reach another


def address_key(text: str) -> str:
    """The key of an address: NFC, lower case, its domain in IDNA's ASCII form. Spaces around it are forgiven.

    Raises ValueError with a sentence for the person. Dots and +tags count: who is who is the mail server's matter
    (see `fraud_key`).
    """
    if not isinstance(text, str):
        raise ValueError("Please enter an e-mail address.")
    text = text.strip(" \t\r\n")
    if not text:
        raise ValueError("Please enter an e-mail address.")
    if len(text) > LONGEST:
        raise ValueError(f"An e-mail address has at most {LONGEST} characters.")
    if any(unicodedata.category(c)[0] in "CZ" for c in text):
        raise ValueError("An e-mail address holds no spaces or invisible characters.")
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    local, at, domain = text.rpartition("@")
    if not at or not local or "@" in local:
        raise ValueError("An e-mail address has one @, with a name before it.")
    key = f"{_local(local)}@{_domain(domain)}"
    if len(key.encode()) > LONGEST:
        raise ValueError(f"An e-mail address has at most {LONGEST} characters.")
    return key


def fraud_key(text: str) -> str:
    """The key with dots and +tags folded: to notice that two places may be one person's, never to sign anybody in."""
    local, _, domain = address_key(text).rpartition("@")
    folded = local.partition("+")[0].replace(".", "")
    return f"{folded or local}@{domain}"


def _local(local: str) -> str:
    if len(local.encode()) > 64:
        raise ValueError("The part before the @ is too long.")
    if local[0] == "." or local[-1] == "." or ".." in local:
        raise ValueError("The dots before the @ are not right.")
    if not all(c in _LOCAL_SIGNS or _is_letter(c) for c in local):
        raise ValueError("The part before the @ holds a character that cannot be there.")
    return local


def _domain(domain: str) -> str:
    labels = [_label(label) for label in domain.split(".")]
    if len(labels) < 2 or labels[-1].isdigit():
        raise ValueError("The part after the @ must be a domain, such as example.com.")
    name = ".".join(labels)
    if len(name) > 253:
        raise ValueError("The part after the @ is too long.")
    return name


def _label(label: str) -> str:
    wrong = ValueError("The part after the @ must be a domain, such as example.com.")
    if not label or not all(c == "-" or _is_letter(c) for c in label) or label[0] == "-" or label[-1] == "-":
        raise wrong
    try:
        if any(c in _KEPT_BY_IDNA_2008 for c in label):
            ascii_form = "xn--" + label.encode("punycode").decode("ascii")
        else:
            ascii_form = label.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise wrong from None
    if not 0 < len(ascii_form) <= 63 or not all(c == "-" or (c.isascii() and c.isalnum()) for c in ascii_form):
        raise wrong
    return ascii_form


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalnum() or (not char.isascii() and unicodedata.category(char)[0] in "LMN")
