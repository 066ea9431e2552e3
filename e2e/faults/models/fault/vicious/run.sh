# One kind of harm for each run; what each must end as is in vicious-models.test.ts.
daemon() {
  setsid env -i /bin/sh -c 'trap "" TERM HUP INT; exec /bin/sleep 3600' >/dev/null 2>&1 </dev/null &
}
case $(cat "$INPUT_DIR/does.txt") in
  forks)
    f() { f & f & }
    f
    sleep 60
    ;;
  daemonises)
    daemon
    (daemon)
    ;;
  ignores)
    trap '' TERM HUP INT
    daemon
    while :; do sleep 1; done
    ;;
  disk)
    n=0
    while n=$((n + 1)); do head -c 8000000 /dev/zero >"$OUTPUT_DIR/$n.bin" || exit 1; done
    ;;
  deleted)
    # One file that grows although it has no name any more.
    exec 3>"$HOME/gone"
    rm "$HOME/gone"
    head -c 1000000000 /dev/zero >&3
    ;;
  memory)
    perl -e '$x .= "a" x 1e7 for 1 .. 1000'
    ;;
  floods)
    yes "flood of lines" | head -c 268435456
    head -c 10000000 /dev/zero >&2
    ;;
  crashes)
    kill -SEGV $$
    ;;
  sleeps)
    sleep 3600
    ;;
  outputs)
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$n" >"$OUTPUT_DIR/$n"; done
    ;;
esac
