# Sourced by ./start and ./test: makes .venv with the requirements file given as first argument.
python_is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=""
for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11; do
  if python_is_new_enough "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or newer is needed and was not found on PATH." >&2
  exit 1
fi
"$python" tools/venv.py "$1"
