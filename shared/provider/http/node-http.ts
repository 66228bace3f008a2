/**
 * Node's http modules. Not by `import`, which asks a module for all that it exports: `WebSocket` of node:http loads a whole
 * HTTP client of its own, for a fifth of what a small command takes.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
