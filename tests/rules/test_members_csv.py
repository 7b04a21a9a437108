"""Files of people, as shops write them."""

import pytest

from launchpad.rules.members_csv import FileFault, plain_name, read

TIERS = {"member", "founder"}
SHOPIFY = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Note,Tags\n"
MAILCHIMP = '"Email Address","First Name","Last Name",OPTIN_TIME,CONFIRM_TIME,NOTES,TAGS\n'


def one(text: str):
    listing = read(text.encode(), TIERS)
    assert listing.refused == []
    [entry] = listing.entries
    return entry


def test_shopify():
    entry = one(SHOPIFY + '\'721,Ada,Lovelace,ADA@Example.com,yes,"a\nnote","vip, Founder"\n')
    assert (entry.email, entry.name, entry.tier, entry.agreed) == ("ada@example.com", "Ada Lovelace", "founder", True)
    assert one(SHOPIFY + "1,Ada,,a@example.com,no,,vip\n").agreed is False


def test_mailchimp():
    entry = one(MAILCHIMP + 'a@example.com,Ada,,,"2025-01-01 10:00:00",,"""founder"",""vip"""\n')
    assert (entry.email, entry.name, entry.tier, entry.agreed) == ("a@example.com", "Ada", "founder", True)
    assert one(MAILCHIMP + "a@example.com,Ada,,,,,\n").agreed is False


def test_plain():
    entry = one("email,name,tier\na@example.com,Ada,VIP\n")
    assert (entry.name, entry.tier, entry.agreed) == ("Ada", "vip", True)
    assert one("email\na@example.com\n").tier is None
    assert one("Name,E-Mail Address\nAda,a@example.com\n").agreed is True
    assert one("email,marketing\na@example.com,no\n").agreed is False


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffemail,name\r\na@example.com,Zoë\r\n".encode(),
        "email;name\na@example.com;Zoë\n".encode("latin-1"),
        "email\tname\na@example.com\tZoë\n".encode("utf-16"),
        " Email , NAME \n\n a@example.com , Zoë \n,\n".encode(),
    ],
)
def test_it_is_read_however_it_was_saved(content):
    [entry] = read(content, TIERS).entries
    assert (entry.email, entry.name) == ("a@example.com", "Zoë")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"name,tier\nAda,founder\n",
        b"a@example.com\nb@example.com\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b'email\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_such_file_is_said_in_one_line(content):
    with pytest.raises(FileFault) as fault:
        read(content, TIERS)
    assert "\n" not in str(fault.value)


def test_lines_that_name_nobody_are_refused_with_their_reason():
    listing = read(
        b"email,name,tier\n,Ada,\nnot-an-address,Ben,\nc@example.com,Cleo,no such!\nd@example.com,D,\n", TIERS
    )
    assert [entry.email for entry in listing.entries] == ["d@example.com"]
    assert [line for line, why in listing.refused if why] == [2, 3, 4]


@pytest.mark.parametrize(
    "parts, name",
    [
        (("=cmd", "|' /C calc'!A0"), "cmd /C calc'!A0"),
        (("+1", "@x"), "1 x"),
        (("=HYPERLINK(1)", ""), "HYPERLINK(1)"),
        (("Zoë", "Ñandú"), "Zoë Ñandú"),
        (("Anne-Marie", "O'Neil"), "Anne-Marie O'Neil"),
        (("a\nb\0", "c"), "a b c"),
        (("x" * 80, ""), "x" * 60),
        (("", ""), ""),
    ],
)
def test_a_name_runs_nothing_in_a_spreadsheet(parts, name):
    assert plain_name(*parts) == name


def test_too_few_and_too_many_cells_are_borne():
    listing = read(b"email,name,tier\na@example.com\nb@example.com,Ben,founder,more,and more\n", TIERS)
    assert [(entry.email, entry.tier) for entry in listing.entries] == [
        ("a@example.com", None),
        ("b@example.com", "founder"),
    ]
