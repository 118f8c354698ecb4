#!/usr/bin/env node
// Starts the binary of this platform, which npm installed as an optional dependency.
'use strict'

const { spawn } = require('node:child_process')
const os = require('node:os')

const name = `openclaw-chutes-${process.platform}-${process.arch}`
let binary
try {
  binary = require.resolve(`${name}/bin/openclaw-chutes`)
} catch {
  console.error(
    `openclaw-chutes: there is no ${name} in this installation. Either this platform has no build, or npm was told to ` +
      'leave out optional dependencies; then install again with --include=optional.',
  )
  process.exit(1)
}
const args = process.argv.slice(2)

// Node 22.15 and newer can become the program: nothing stands between it and the terminal.
if (typeof process.execve === 'function') {
  process.removeAllListeners('warning')
  process.on('warning', () => {})
  process.execve(binary, ['openclaw-chutes', ...args], process.env)
}

const child = spawn(binary, args, { stdio: 'inherit' })
child.on('error', (error) => {
  console.error(`openclaw-chutes: ${binary}: ${error.message}`)
  process.exit(1)
})
// The terminal signals both; the program decides what they mean. What only this process gets is passed on.
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP']) process.on(signal, () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code))
