// An SMSC by the npm package smpp. It takes each message, sends a receipt with optional parameters for
// it, and prints what it took, a JSON object a line; first of all its port. An argument names a folder
// with key.pem and cert.pem: then it speaks TLS. It ends with its standard input.
'use strict';
const fs = require('fs');
const path = require('path');
const smpp = require('smpp');

const print = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const pem = (name) => fs.readFileSync(path.join(process.argv[2], name));
const options = process.argv[2] ? {key: pem('key.pem'), cert: pem('cert.pem')} : {};
let next = 4000;

const server = smpp.createServer(options, (session) => {
  session.on('error', (fault) => print({error: String(fault)}));
  session.on('bind_transceiver', (pdu) => {
    if (pdu.password !== 'canary-4711') {
      session.send(pdu.response({command_status: smpp.ESME_RINVPASWD}));
      session.close();
      return;
    }
    print({bound: pdu.system_id, version: pdu.interface_version});
    session.send(pdu.response({system_id: 'peer'}));
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    print({unbound: true});
    session.send(pdu.response());
    session.close();
  });
  session.on('deliver_sm_resp', (pdu) => print({acknowledged: pdu.command_status}));
  session.on('query_sm', (pdu) => session.send(pdu.response({message_id: pdu.message_id, final_date: '', message_state: 2, error_code: 0})));
  session.on('submit_sm', (pdu) => {
    if (pdu.destination_addr.endsWith('01011')) {
      session.send(pdu.response({command_status: smpp.ESME_RINVDSTADR}));
      return;
    }
    const id = String(++next);
    const payload = pdu.message_payload;
    const carrier = payload === undefined ? pdu.short_message : payload;
    print({
      id, to: pdu.destination_addr, from: pdu.source_addr, sourceTON: pdu.source_addr_ton, destTON: pdu.dest_addr_ton,
      esm: pdu.esm_class, coding: pdu.data_coding, registered: pdu.registered_delivery,
      text: carrier.message, udh: (carrier.udh || []).map((b) => b.toString('hex')), payload: payload !== undefined,
      sar: pdu.sar_msg_ref_num === undefined ? null : [pdu.sar_total_segments, pdu.sar_segment_seqnum],
      valid: pdu.validity_period ? Math.round((pdu.validity_period - Date.now()) / 60000) : 0,
    });
    session.send(pdu.response({message_id: id}));
    session.deliver_sm({
      source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:`,
      receipted_message_id: id, message_state: 2,
    });
  });
});
server.listen(0, '127.0.0.1', () => print({port: server.address().port}));
process.stdin.on('end', () => process.exit(0)).resume();
