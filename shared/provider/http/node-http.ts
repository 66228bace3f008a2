/** Node's http. An `import` would load `WebSocket`'s HTTP client: a fifth of a small command's time. */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
