# shellcheck shell=bash
# node_modules as package-lock.json says, with the Node.js that every npm script runs on.

inputs() {
  cat package.json package-lock.json
}

present() {
  [[ -x node_modules/.bin/node && -f node_modules/.package-lock.json ]]
}

work() {
  if present && node sandbox/steps/lib/matches-lock.js; then
    return
  fi
  progress "npm ci"
  # The packages want a newer Node than npm may be running on here; they get it as one of them.
  npm ci --loglevel=error --no-audit --no-fund
}

advice() {
  echo "look at npm's words above; \`npm ping\` tells whether the registry can be reached"
}
