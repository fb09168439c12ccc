"""What the older tool finds in a code section's text: searches without boundaries, upper case as in DOJ files."""

from __future__ import annotations

import re

SEE_COMMENT = b"SEE COMMENT FOR CHARGE"
LISTED = (b"11357", b"11358", b"11359", b"11360")
_LISTED = re.compile(rb"1135[789]|11360")
_SUBSECTION_OF_11357 = re.compile(rb"11357\(([A-D])\)")
_GAP = rb"[\t\n\f\r ]*"
_RELATED = re.compile(
    rb"647\(f\)%bPC|(?:602|466|148\.9|148)%bPC|(?:11364|11550)%bHS|(?:4140|4149|4060)%bBP|40508%bVC" % ((_GAP,) * 5)
    + rb"|1320[^0-9.][^.]*PC"
)
_ENHANCEABLE = rb"(?:136\.1|215|213\(A\)\(1\)\(A\)|246|519|12022\.55)"
_GANG = rb"186\.22\(B\)\(4\)"
_SUPERSTRIKE = re.compile(
    rb"(?:37|128|187|188|189(?:\.[15])?|190(?:\.[0-9]{1,2})?(?:\(.*\))?|191(?:\.5)?|205|207|209(?:\.5)?|217\.1|218|219"
    rb"|220|245\(D\)\(3\)|26[12](?:\(.*\))?|264\.1|269|273AB(?:\(.*\))?"
    rb"|286(?:\(C\)\([123]\)(?:\([ABC]\))?|\(D\)\([123]\))?|287|288(?:\(A\)|\(B\)\([12]\))?"
    rb"|288A(?:\(D\)|\(C\)\(1\)|\(C\)\(2\)\([ABC]\))?|288\.5(?:\(A\))?"
    rb"|289(?:\(J\)|\(A\)\(1\)\([ABC]\)|\(A\)\(2\)\(C\))?|451\.5|653F|667\.(?:61|7|71)|4500"
    rb"|11418(?:\(A\)\(1\)|\(B\)\([12]\))|12308|12310|18745|18755) PC|1672\(A\) MV"
    rb"|" + _ENHANCEABLE + rb".*" + _GANG + rb" PC|" + _GANG + rb".*" + _ENHANCEABLE + rb" PC"
)
_REGISTRABLE = re.compile(
    rb"(?:236\.1\([BC]\).*|243\.4.*|261|261[(.a-zA-Z]+.*|262\(A\)(?:\(1\))?|264\.1(?:\(.*)?|266|266C|266[HI]\(B\).*|266J"
    rb"|267|269|269[(.a-zA-Z]+.*|272|285|287|286[^.]*|288|288A.*|288\.[23457].*|289[^.]*|311\.1.*|311\.2\([BCD]\)"
    rb"|311\.(?:[34]|10|11).*|314\([12]\)|451\.5|647\.6.*|647A.*|653F\([BC]\)) PC"
)
_GANG_ALONE = re.compile(_GANG + rb" PC")
_ENHANCEABLE_ALONE = re.compile(_ENHANCEABLE + rb" PC")


def code_section(offense: bytes, comment: bytes) -> bytes:
    """The text before the first hyphen: the offense's, or the comment's where the offense says to look there."""
    return (comment if in_comment(offense) else offense).split(b"-", 1)[0]


def in_comment(offense: bytes) -> bool:
    """Whether the charge stands in the comment."""
    return offense.strip() in (b"", SEE_COMMENT)


def listed_section(text: bytes) -> bytes:
    """The leftmost of the four sections; empty if there is none."""
    found = _LISTED.search(text)
    return found[0] if found else b""


def is_related(text: bytes) -> bool:
    return _RELATED.search(text) is not None


def is_superstrike(text: bytes) -> bool:
    return _SUPERSTRIKE.search(text) is not None


def is_registrable(text: bytes) -> bool:
    """Whether it is among the PC 290 sections."""
    return _REGISTRABLE.search(text) is not None


def is_gang_enhancement(text: bytes) -> bool:
    return _GANG_ALONE.search(text) is not None


def is_enhanceable(text: bytes) -> bool:
    return _ENHANCEABLE_ALONE.search(text) is not None


def possible_other(offense: bytes, comment: bytes) -> bytes:
    """The comment, where it names another of the four sections than the offense does; else nothing."""
    said = listed_section(comment)
    if in_comment(offense) or not said:
        return b""
    charged = listed_section(offense)
    if charged != said:
        return comment
    if charged != b"11357":
        return b""
    there, here = _SUBSECTION_OF_11357.search(comment), _SUBSECTION_OF_11357.search(offense)
    if there is None:
        return b""
    if here is None or (there[1] in b"AB") != (here[1] in b"AB"):
        return comment
    return b""
