#!/bin/sh
# Speech: a Modelyard command. It runs once per task. Every input is a file of its own, $INPUT_DIR/<id>.txt; whatever is left in
# $OUTPUT_DIR is the result. The text goes from file to program and never becomes part of a command line.
set -eu

# The value of an input, or its default.
input() {
  if [ -s "$INPUT_DIR/$1.txt" ]; then cat "$INPUT_DIR/$1.txt"; else printf %s "$2"; fi
}
fail() {
  echo "$1" >&2
  exit 1
}

text=$INPUT_DIR/prompt.txt
speech=$OUTPUT_DIR/speech.wav
voice=$(input voice slt)
speed=$(input speed 1)

grep -q '[^[:space:]]' "$text" || fail "There is no text to read."
case $speed in
  *[!0-9.]* | *.*.* | . | 0 | 0.0) fail "The speed is no number above 0: $speed" ;;
esac

case $voice in
  slt | rms | awb | kal)
    # Flite passes over every letter that is not plain ASCII, so "café" becomes "cafe" first.
    plain=$OUTPUT_DIR/plain.txt
    LC_ALL=C.UTF-8 iconv -c -f UTF-8 -t ASCII//TRANSLIT "$text" >"$plain" 2>/dev/null || cat "$text" >"$plain"
    # Flite stretches time: twice the speed is half the stretch.
    stretch=$(awk -v speed="$speed" 'BEGIN { print 1 / speed }')
    # The system's flite, else the one in this folder; they sound the same.
    PATH=$PATH:$PWD/bin flite -voice "$voice" --setf duration_stretch="$stretch" -f "$plain" -o "$speech"
    rm "$plain"
    ;;
  espeak-en-gb | espeak-de | espeak-es | espeak-fr | espeak-it | espeak-tr)
    command -v espeak-ng >/dev/null || fail "This voice needs the program espeak-ng, which this worker does not have."
    # 175 words a minute is its own pace.
    espeak-ng -v "${voice#espeak-}" -s "$(awk -v speed="$speed" 'BEGIN { printf "%d", 175 * speed }')" -f "$text" -w "$speech"
    ;;
  *) fail "There is no voice $voice." ;;
esac
