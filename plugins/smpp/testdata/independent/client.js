// A client by the npm package smpp, for the simulated SMSC: it binds to the port of the first argument,
// sends a short and a long text, waits for their receipts, asks for a status, and prints what it saw.
'use strict';
const smpp = require('smpp');

const seen = {receipts: []};
const fail = (why) => {
  console.error(String(why));
  process.exit(1);
};
setTimeout(() => fail('no end after 20 s: ' + JSON.stringify(seen)), 20000).unref();

const session = smpp.connect({url: 'smpp://127.0.0.1:' + process.argv[2]}, () => {
  session.bind_transceiver({system_id: 'peer', password: 'canary-4711'}, (bound) => {
    seen.bound = bound.command_status;
    session.submit_sm({destination_addr: '79990000001', registered_delivery: 1, short_message: 'Заказ 17 готов'}, (taken) => {
      seen.id = taken.message_id;
      session.submit_sm({destination_addr: '79990001011', short_message: 'x'}, (refused) => {
        seen.refused = refused.command_status;
        session.query_sm({message_id: seen.id}, (state) => {
          seen.state = state.message_state;
          end();
        });
      });
    });
  });
});
session.on('error', fail);
session.on('deliver_sm', (pdu) => {
  session.send(pdu.response());
  seen.receipts.push({id: pdu.receipted_message_id, state: pdu.message_state, esm: pdu.esm_class, text: pdu.short_message.message});
  end();
});

function end() {
  if (seen.state === undefined || seen.receipts.length === 0) return;
  session.enquire_link((life) => {
    seen.life = life.command_status;
    session.unbind((unbound) => {
      seen.unbound = unbound.command_status;
      console.log(JSON.stringify(seen));
      session.close();
    });
  });
}
