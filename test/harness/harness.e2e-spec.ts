import { Kafka, logLevel } from 'kafkajs';
import net from 'node:net';
import pg from 'pg';
import { createTestDatabase } from './database.js';
import { describeKafka, kafkaBrokers, makeTopic, uniqueTopicPrefix } from './kafka.js';
import { TcpChaosProxy } from './tcp-chaos-proxy.js';
import { eventually } from './wait-for.js';

describe('the test database', () => {
  it('is migrated, and separate for each caller at the same time', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const counts = await Promise.all(
      databases.map(async ({ url }, index) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query('CREATE TABLE mine (i int)');
        await client.query('INSERT INTO mine SELECT generate_series(1, $1)', [index + 1]);
        const { rows } = await client.query(
          'SELECT (SELECT count(*)::int FROM mine) AS mine, (SELECT count(*)::int FROM migration) AS migrations',
        );
        await client.end();
        return rows[0];
      }),
    );
    await Promise.all(databases.map((database) => database.drop()));
    expect(counts.map((row) => row.mine)).toEqual([1, 2]);
    expect(counts[0].migrations).toBeGreaterThan(0);
  });
});

describe('the chaos proxy', () => {
  let echo: net.Server;
  let proxy: TcpChaosProxy;

  beforeEach(async () => {
    echo = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await TcpChaosProxy.start({ port: (echo.address() as net.AddressInfo).port });
  });
  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => echo.close(resolve));
  });

  const connect = () => {
    const socket = net.connect(proxy.port, '127.0.0.1');
    const seen = { text: '', ended: false, code: '' };
    socket.on('data', (chunk) => (seen.text += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (seen.code = error.code ?? ''));
    socket.on('close', () => (seen.ended = true));
    return { socket, seen };
  };

  it('forwards and delays', async () => {
    const { socket, seen } = connect();
    socket.write('one');
    await eventually(() => expect(seen.text).toBe('one'));
    proxy.delay(30);
    const sentAt = performance.now();
    socket.write('two');
    await eventually(() => expect(seen.text).toBe('onetwo'));
    expect(performance.now() - sentAt).toBeGreaterThan(50);
    socket.end();
    await eventually(() => proxy.connections === 0);
  });

  it('cuts, resets and refuses, and serves again', async () => {
    const first = connect();
    first.socket.write('x');
    await eventually(() => first.seen.text === 'x');
    proxy.cut();
    await eventually(() => first.seen.ended);
    expect(first.seen.code).toBe('');

    const second = connect();
    second.socket.write('x');
    await eventually(() => second.seen.text === 'x');
    proxy.reset();
    await eventually(() => second.seen.code === 'ECONNRESET');

    proxy.refuse();
    const third = connect();
    await eventually(() => third.seen.ended);
    proxy.heal();
    const fourth = connect();
    fourth.socket.write('y');
    await eventually(() => fourth.seen.text === 'y');
    fourth.socket.destroy();
  });

  it('swallows everything as a black hole, and resets what lost bytes when healed', async () => {
    const { socket, seen } = connect();
    socket.write('x');
    await eventually(() => seen.text === 'x');
    proxy.blackHole();
    socket.write('lost');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual({ text: 'x', ended: false, code: '' });
    proxy.heal();
    await eventually(() => seen.code === 'ECONNRESET');
  });
});

describeKafka('the Kafka of the tests', () => {
  it('takes a record and gives it back', async () => {
    const topic = `${uniqueTopicPrefix()}round-trip`;
    const kafka = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await makeTopic(kafkaBrokers(), topic);
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] });
    const consumer = kafka.consumer({ groupId: topic });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const values: string[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => void values.push(String(message.value)),
    });
    await eventually(() => expect(values).toEqual(['v']));
    await consumer.disconnect();
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
});
