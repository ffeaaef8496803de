// Notifications with socket.io and its Redis adapter: `PORT=… REDIS_URL=… node server.mjs`.

import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const publisher = new Redis(process.env.REDIS_URL);
const subscriber = publisher.duplicate();

const http = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/notifications") {
    response.writeHead(404).end();
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { users, ...notification } = JSON.parse(Buffer.concat(parts).toString());
    const to = users ? io.to(users.map((user) => `user:${user}`)) : io;
    to.emit("notification", notification);
    const body = '{"status":"sent"}';
    response.writeHead(201, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
  });
});

const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber),
  transports: ["websocket"],
  perMessageDeflate: false,
});

io.on("connection", (socket) => {
  socket.join(`user:${socket.handshake.query.user}`);
});

http.listen(Number(process.env.PORT), "127.0.0.1");
