#!/bin/sh
# Makes the certificate's fonts and coverage.txt from Debian's fonts-noto-core: see README.md.
#   python3 -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools
#   PATH=/tmp/fonts/bin:$PATH sh make.sh
set -eu
cd "$(dirname "$0")"
source=${NOTO:-/usr/share/fonts/truetype/noto}
latin=U+0020-007E,U+00A0-024F,U+0253,U+0257,U+0259,U+0272,U+02B9-02BF,U+0300-030C,U+0323-0328,U+0400-052F,U+1E00-1EFF,U+200C-2015,U+2018-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2066-2069,U+20AC,U+2116
arabic=U+0020-0021,U+002C,U+002E,U+0030-003A,U+00A0,U+00AB,U+00BB,U+0600-06FF,U+0750-077F,U+200C-2011,U+FDF2

for weight in Regular Bold; do
    pyftsubset "$source/NotoSans-$weight.ttf" --unicodes="$latin" \
        --no-hinting --output-file="NotoSans-$weight.ttf"
    pyftsubset "$source/NotoNaskhArabic-$weight.ttf" --unicodes="$arabic" \
        --no-hinting --output-file="NotoNaskhArabic-$weight.ttf"
done

python3 - >coverage.txt <<'END'
from fontTools.ttLib import TTFont

points = set()
for family in ("NotoSans", "NotoNaskhArabic"):
    regular, bold = (set(TTFont(f"{family}-{w}.ttf").getBestCmap()) for w in ("Regular", "Bold"))
    points |= regular & bold
print("# The characters that the fonts of this folder have in both weights; made by make.sh.")
row = []
for point in [*sorted(points), None]:
    if row and (point is None or point != row[-1] + 1):
        print(f"{row[0]:04X}-{row[-1]:04X}")
        row = []
    if point is not None:
        row.append(point)
END
