// A certified OpenID provider on loopback with its own sign-in forms; whoever types a name is that person.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const people = {
  opal: { preferred_username: 'opal', name: 'Opal', email: 'Opal@quartz.example', email_verified: true },
  slate: { preferred_username: 'jade', name: 'Slate', email: 'jade@quartz.example', email_verified: false },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'almanac',
      client_secret: process.env.CLIENT_SECRET,
      redirect_uris: [process.env.REDIRECT_URI],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: process.env.ALGORITHM,
    }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    pkce: { required: () => true },
    cookies: { keys: ['kept for a test only'] },
    features: { devInteractions: { enabled: true } },
  });
  server.on('request', provider.callback());
  console.log(`listening ${issuer}`);
});
