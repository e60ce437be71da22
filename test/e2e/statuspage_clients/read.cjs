// Reads a status page with the client `statuspage.io` and prints what it got, as
// one JSON document. Usage: node read.cjs URL
const {Statuspage} = require('statuspage.io');

async function main(url) {
  const page = new Statuspage('kctbh9vrtdwd');
  page.setApiUrl(url); // the client adds /api/v2
  const {api} = page;
  const incidents = await api.incidents.getAll();
  const unresolved = await api.incidents.getUnresolved();
  const maintenances = await api.scheduledMaintenances.getAll();
  const upcoming = await api.scheduledMaintenances.getUpcoming();
  const active = await api.scheduledMaintenances.getActive();
  const components = await api.getComponents();
  const status = await api.getStatus();
  const summary = await api.getSummary();
  console.log(JSON.stringify({incidents, unresolved, maintenances, upcoming, active, components, status, summary}));
}

main(process.argv[2]).catch(error => {
  console.error(error.message);
  process.exit(1);
});
