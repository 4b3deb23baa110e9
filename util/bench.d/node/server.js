'use strict';

// The same as peer.lua by Node.js: fastify, and ioredis, which joins the
// commands of a turn of the loop into one write (enableAutoPipelining).  One
// process; one EVALSHA a request, of the same script, peer-claim.lua.
//
//   node server.js PORT SOCKET KEYS SCRIPT
//
// Written for speed: no schema to be validated, no logger, the answer is one
// string, the key of HMAC is an object that is made once, headers that never
// differ are set once a reply.

const { createHash, createHmac, createSecretKey } = require('node:crypto');
const { readFileSync } = require('node:fs');
const fastify = require('fastify');
const Redis = require('ioredis');

const [port, socket, keys, file] = process.argv.slice(2);
const [, kid, secret] = /^([^:\n]+):([^\n]+)/.exec(readFileSync(keys, 'utf8'));
const key = createSecretKey(Buffer.from(secret));
const script = readFileSync(file, 'utf8');
const sha = createHash('sha1').update(script).digest('hex');

const ID = /^[A-Za-z0-9_.:@-]{1,64}$/;
const PURPOSE = 'rush ticket\npeer:\n';
const STATUS = { won: 200, again: 200, sold_out: 409, early: 425, ended: 410,
                 paused: 423, unknown: 404, anonymous: 401, invalid: 400,
                 pending: 503 };

const app = fastify({ logger: false, keepAliveTimeout: 3600000,
                      maxRequestsPerSocket: 0 });
const redis = new Redis({ path: socket, enableAutoPipelining: true });


function ticket(id, user, made, seq) {
    const body = `${id}~${made}~${user}~${seq}`;
    const mac = createHmac('sha256', key).update(PURPOSE + body)
                                         .digest('base64url');

    return `${body}~${kid}~${mac}`;
}


function send(reply, outcome, text) {
    return reply.code(STATUS[outcome])
                .header('Content-Type', 'application/json')
                .header('Cache-Control', 'no-store')
                .send(text);
}


function refuse(reply, outcome) {
    return send(reply, outcome,
                `{"outcome":"${outcome}","now":${Date.now()}}`);
}


async function ask(name, user) {
    const args = [3, name, name + ':users', name + ':events', user];

    try {
        return await redis.evalsha(sha, ...args);

    } catch (e) {
        if (!e.message.startsWith('NOSCRIPT')) {
            throw e;
        }

        return redis.eval(script, ...args);
    }
}


function claim(id) {
    const name = `peer:{${id}}`;

    return async (request, reply) => {
        const user = request.headers['x-user'];

        if (user === undefined) {
            return refuse(reply, 'anonymous');
        }

        if (!ID.test(user)) {
            return refuse(reply, 'invalid');
        }

        let said;

        try {
            said = await ask(name, user);

        } catch (e) {
            console.error(e.message);

            return refuse(reply, 'pending');
        }

        const [outcome, made, seq, left, now, till] = said.split('\t');

        if (made === undefined) {
            return refuse(reply, outcome);
        }

        return send(reply, outcome,
                    `{"outcome":"${outcome}","campaign":"${id}",`
                    + `"ticket":"${ticket(id, user, made, seq)}","seq":${seq},`
                    + `"units":1,"left":${left}`
                    + (till === '' ? '' : `,"hold_until":${till}`)
                    + `,"now":${now}}`);
    };
}


app.post('/claim', claim('bench'));
app.post('/empty', claim('gone'));

app.listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 },
           (error) => {
    if (error) {
        console.error(error.message);
        process.exit(1);
    }

    console.log('listening');
});
